// Live: one line to the console. What comes is put in its place; what is pressed is asked. The session decides.
//
// Rule 1: no words stand here. They come with the state, or stand in the page.
// Rule 2: keys work everywhere but in text fields; Esc stops there too.
// Rule 3: what did not change is not touched, so that focus stays and screen readers hear only what is new.

const $ = (id) => document.getElementById(id);
const live = $("live");
const TEXT = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
const told = { heading: "heading", state_text: "state", more: "more", watching: "watching" };
let line = null, view = null, wait = 500, failures = 0, url = "", newest = null;
let keysOn = localStorage.getItem("vrtrainer-keys") !== "off";

// The line

function connect() {
  line = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live/line`);
  line.binaryType = "arraybuffer";
  line.onopen = () => { wait = 500; failures = 0; lost(""); looks(); };
  line.onmessage = (message) => typeof message.data === "string" ? hear(JSON.parse(message.data)) : show(message.data);
  line.onclose = () => {
    line = null;
    failures += 1;
    lost("lost");
    if (failures > 2) ask();
    setTimeout(connect, wait);
    wait = Math.min(wait * 1.6, 3000);
  };
}

// A console that was started anew does not know this browser: it says so on every page.
async function ask() {
  try {
    const answer = await fetch("/live", { method: "HEAD" });
    if (answer.status === 403) lost("closed");
  } catch { /* it is not there at all */ }
}

function lost(which) {
  const banner = $("lost"), words = banner.firstElementChild;
  words.textContent = which ? words.dataset[which] : "";
  banner.hidden = !which;
}

function send(table) {
  if (line && line.readyState === WebSocket.OPEN) line.send(JSON.stringify(table));
  else say($("lost").firstElementChild.dataset.lost);
}

function looks() { if (line && line.readyState === WebSocket.OPEN) send({ looks: !document.hidden }); }
document.addEventListener("visibilitychange", looks);

// What comes

function hear(news) {
  if (news.kind === "view") place(news);
  else if (news.kind === "seen") seen(news);
  else if (news.kind === "told") say(news.text);
}

function show(data) {
  const type = new Uint8Array(data, 0, 1)[0] === 74 ? "image/jpeg" : "image/svg+xml";
  const before = url;
  url = URL.createObjectURL(new Blob([new Uint8Array(data, 1)], { type }));
  const picture = $("picture");
  picture.onload = picture.onerror = () => { if (before) URL.revokeObjectURL(before); };
  picture.src = url;
  picture.hidden = false;
  $("no-picture").hidden = true;
}

function seen(news) {
  text("reads", news.reads.map(([, words]) => words).join(" · ") || "–");
  text("chooses", news.chooses.join(" · "));
  $("chooses-line").hidden = !news.chooses.length;
  text("drawn", news.drawn);
  $("drawn").hidden = !news.drawn;
}

function place(news) {
  const was = view || {};
  view = news;
  live.dataset.screen = news.screen;
  live.dataset.state = news.state;
  for (const [from, to] of Object.entries(told)) text(to, news[from]);
  text("dose", news.dose.join(" · "));
  text("notice-text", news.notice);
  $("notice").hidden = !news.notice;
  const after = $("to-after");
  after.hidden = !news.after;
  if (news.after) after.href = news.after;
  if (news.after && !was.after && !document.activeElement.matches(TEXT)) after.focus();
  for (const name of ["now", "next", "why"]) text(name, news.now[name] || "–");
  text("phase", news.now.phase);
  text("help", news.now.help ? `(${news.now.help})` : "");
  $("waits").hidden = !news.more && !news.choices.length;
  fill("choices", news.choices, was.choices, choice);
  text("gestures-title", news.gestures.title);
  $("gestures-more").hidden = !news.gestures.of.length;
  fill("gestures", news.gestures.of, was.gestures?.of, gesture);
  settings(news.settings);
  fill("order", news.order, was.order, block);
  fill("tracking", news.tracking, was.tracking, part);
  $("no-tracking").hidden = news.tracking.length > 0;
  fill("log", news.log, was.log, entry);
  $("log-empty").hidden = news.log.length > 0;
  rate(news.rate);
  const last = news.log[0];
  if (last && last.id !== newest) {
    if (newest !== null) {
      const words = last.who ? `${last.who}: ${last.what}` : last.what;
      text("told", words);
      if (last.refused) say(words, true);
    }
    newest = last.id;
  } else if (!last) newest = 0;
}

function text(id, words) {
  const place = $(id);
  if (place.textContent !== words) place.textContent = words;
}

function fill(id, rows, before, make) {
  if (JSON.stringify(rows) === JSON.stringify(before)) return;
  const place = $(id), focused = place.contains(document.activeElement) ? document.activeElement.dataset.command : "";
  place.replaceChildren(...rows.map(make));
  if (focused) place.querySelector(`[data-command="${focused}"]`)?.focus();
}

function made(tag, name = "", words = "") {
  const out = document.createElement(tag);
  if (name) out.className = name;
  if (words) out.textContent = words;
  return out;
}

function choice({ name, text: words, key }) {
  const button = made("button", name === "go_on" ? "" : "quiet");
  button.type = "button";
  button.dataset.command = name;
  button.append(made("span", "", words));
  if (key) button.append(made("kbd", "", key));
  return button;
}

function gesture({ name, title }) {
  const button = made("button", "quiet", title);
  button.type = "button";
  button.dataset.command = "choose";
  button.dataset.value = name;
  return button;
}

function settings(now) {
  for (const button of $("settings").querySelectorAll("[data-value]")) {
    const [key, step] = button.dataset.value.split("=");
    button.setAttribute("aria-pressed", String(now[key] === step));
  }
}

function block({ name, how, count, where, where_text, dots }) {
  const out = made("li", where);
  if (where === "now") out.setAttribute("aria-current", "step");
  out.append(made("b", "", name));
  const line = [how, count].filter(Boolean).join(" · ");
  if (line) out.append(made("span", "", line));
  if (where_text) out.append(line ? " · " : "", made("span", "where", where_text));
  if (dots.length) {
    const row = made("span", "dots");
    row.setAttribute("aria-hidden", "true");
    row.append(...dots.map((dot) => made("i", dot === "unseen" ? "unseen-dot" : dot)));
    out.append(row);
  }
  return out;
}

function part({ part: name, share, level, text: words }) {
  const out = made("li", level), said = made("span", "said"), track = made("span", "track"), bar = made("span");
  if (level === "not") {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", "#eye-off");
    svg.setAttribute("aria-hidden", "true");
    svg.append(use);
    said.append(svg);
  }
  said.append(words);
  bar.style.width = `${Math.round(100 * share)}%`;
  track.setAttribute("aria-hidden", "true");
  track.append(bar);
  out.append(made("span", "", name), said, track);
  return out;
}

function entry({ at, who, what, refused }) {
  const out = made("li"), words = made("span", refused ? "refused" : "");
  if (who) words.append(made("b", "", `${who}: `));
  words.append(what);
  out.append(made("time", "", at), words);
  return out;
}

function rate(of) {
  $("rate-none").hidden = !!of;
  $("rate-of").hidden = $("grades").hidden = !of;
  if (!of) return;
  text("rate-what", of.of);
  text("rate-auto", of.auto);
  for (const button of $("grades").children) button.setAttribute("aria-pressed", String(of.grade === Number(button.dataset.grade)));
}

let toasting = 0;
function say(words, spokenAlready = false) {
  const toast = $("toast");
  toast.textContent = words;
  toast.hidden = false;
  if (!spokenAlready) text("told", words);
  clearTimeout(toasting);
  toasting = setTimeout(() => { toast.hidden = true; }, 6000);
}

// What is pressed

function press(button) {
  const { command, value, grade, mark } = button.dataset;
  if (command) send({ command, value: value || "" });
  else if (grade !== undefined && view && view.rate) send({ command: "rate", value: `${view.rate.trial}:${grade}` });
  else if (mark) send({ command: "mark", value: mark });
}

live.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) press(button);
});

$("note-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const note = $("note"), kept = $("note-kept");
  if (!note.value.trim()) return;
  send({ command: "note", value: note.value.trim() });
  note.value = "";
  kept.textContent = kept.dataset.kept;
  setTimeout(() => { kept.textContent = ""; }, 4000);
});

const held = new Set();
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key === "Escape" ? "Escape" : event.key.toLowerCase();
  const typing = event.target.matches && event.target.matches(TEXT);
  if (key !== "Escape" && (typing || !keysOn)) return;
  const named = key === "=" ? "+" : key === "_" || key === "−" ? "-" : key;
  const button = live.querySelector(`[data-key="${CSS.escape(named)}"]`);
  if (!button || button.closest("[hidden]")) return;
  event.preventDefault();
  held.add(event.key);
  if (event.repeat) return;
  const goesOn = named === " " && view && view.state === "paused";
  if (goesOn) send({ command: "go_on" });
  else press(button);
});
// A focused button would be pressed by the space bar's rising too.
document.addEventListener("keyup", (event) => { if (held.delete(event.key)) event.preventDefault(); });

function keys() {
  $("keys").setAttribute("aria-checked", String(keysOn));
  localStorage.setItem("vrtrainer-keys", keysOn ? "on" : "off");
}
$("keys").addEventListener("click", () => { keysOn = !keysOn; keys(); });
keys();
connect();
