// Na afloop: which time is shown, at which moment, and what the adult makes of it.
//
// Rule 1: nothing plays before somebody asks; it ends at its end.
// Rule 2: every word comes from the page; what is drawn is also said, in words and in a table.

import { People, Stage } from "/static/figure.js";

const given = JSON.parse(document.getElementById("after-data").textContent);
const say = (key, values = {}) =>
  (given.texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? given.names[name] ?? whole);
const by = (id) => document.getElementById(id);
const lower = document.querySelector(".after");

const figures = given.trials.length ? replay() : null;
notes();

function replay() {
  const stage = new Stage(by("stage"));
  const slider = by("time"), play = by("play");
  const loaded = new Map();
  const drawn = { avatar: given.names.Avatar, attempt: given.names.Learner };
  const state = {
    trial: null, data: null, people: null, reach: null, time: 0, playing: false, speed: 1, part: "",
    over: false, view: "front", together: false, last: 0,
  };

  const number = (value, digits = 1) => value.toFixed(digits).replace(".", given.texts.decimal);

  // One frame of the picture

  function lag() {
    return state.together && state.data?.lag_s ? state.data.lag_s : 0;
  }

  function ends() {
    return state.people ? Math.max(state.people.duration, 0.1) : 0;
  }

  function times(time) {
    const shift = lag();
    return { avatar: time, attempt: Math.max(time + shift, 0) };
  }

  function draw() {
    if (!state.people) return;
    const { people, data } = state;
    const joints = state.part ? data.parts[state.part] : null;
    stage.draw({
      people, reach: state.reach, times: times(state.time), joints, mirrored: data.mirrored,
      view: state.view, over: state.over, names: drawn, trails: state.trails,
    });
    lanes();
    const words = { time: number(state.time), all: number(ends()) };
    by("clock").textContent = say("clock", words);
    slider.setAttribute("aria-valuetext", say("clock_spoken", words));
  }

  // When each of the two moved: two hills below one another, a dotted floor where nothing was seen.
  function lanes() {
    const canvas = by("lanes"), pen = canvas.getContext("2d"), ratio = Math.min(window.devicePixelRatio || 1, 2);
    const width = canvas.clientWidth, height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const all = ends(), inset = 17, long = width - 2 * inset;
    const x = (t) => inset + (t / all) * long;
    pen.font = "15px 'Atkinson Hyperlegible', Verdana, sans-serif";
    pen.textBaseline = "top";
    for (const [k, who] of ["avatar", "attempt"].entries()) {
      const speeds = state.speeds[who], most = Math.max(...speeds, 0.6);
      const floor = height / 2 * (k + 1) - 3, high = height / 2 - 22;
      const shift = who === "attempt" ? -lag() : 0;
      pen.fillStyle = "#4A5A64";
      pen.fillText(drawn[who], inset, height / 2 * k + 1);
      pen.beginPath();
      pen.rect(inset, 0, long, height);
      pen.save();
      pen.clip();
      pen.beginPath();
      pen.moveTo(x(shift), floor);
      speeds.forEach((v, i) => pen.lineTo(x(state.people.times[i] + shift), floor - (v / most) * high));
      pen.lineTo(x(state.people.times[speeds.length - 1] + shift), floor);
      pen.lineTo(x(all), floor);
      pen.closePath();
      pen.fillStyle = who === "avatar" ? "#BFD6D3" : "#D2C8DF";
      pen.fill();
      pen.strokeStyle = who === "avatar" ? "#124E53" : "#43345A";
      pen.lineWidth = 2;
      pen.stroke();
      pen.restore();
      if (who === "attempt" && state.unseen.length) {
        pen.strokeStyle = "#7A5200";
        pen.lineWidth = 4;
        pen.lineCap = "round";
        pen.setLineDash([0.1, 7]);
        for (const [from, to] of state.unseen) {
          pen.beginPath();
          pen.moveTo(x(Math.max(from + shift, 0)), floor);
          pen.lineTo(x(Math.min(to + shift, all)), floor);
          pen.stroke();
        }
        pen.setLineDash([]);
      }
    }
    pen.strokeStyle = "#1F2D36";
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(x(state.time), 0);
    pen.lineTo(x(state.time), height);
    pen.stroke();
  }

  function seek(time) {
    state.time = Math.min(Math.max(time, 0), ends());
    slider.value = String(state.time);
    draw();
  }

  function playing(on) {
    if (on === state.playing || (on && !state.people)) return;
    state.playing = on;
    play.classList.toggle("playing", on);
    by("play-word").textContent = say(on ? "pause" : "play");
    if (!on) return;
    if (state.time >= ends() - 0.02) state.time = 0;
    state.last = performance.now();
    requestAnimationFrame(tick);
  }

  function tick(now) {
    if (!state.playing) return;
    state.time += ((now - state.last) / 1000) * state.speed;
    state.last = now;
    if (state.time >= ends()) {
      seek(ends());
      playing(false);
      return;
    }
    seek(state.time);
    requestAnimationFrame(tick);
  }

  // Another time, another part

  async function show(trial, time = 0) {
    playing(false);
    state.trial = trial;
    const about = given.trials.find((t) => t.trial === trial);
    by("which").textContent = about.heading;
    const radio = by(`trial-${trial}`);
    radio.checked = true;
    reveal(radio.closest("li"));
    rated(about);
    let data = loaded.get(trial);
    if (!data) {
      by("player").setAttribute("aria-busy", "true");
      data = await fetched(`${given.here}/trial/${trial}.json`);
      if (!data.nothing || data.told) loaded.set(trial, data);
      by("player").removeAttribute("aria-busy");
      if (state.trial !== trial) return;   // somebody chose again meanwhile
    }
    told(data);
    const shows = Boolean(data.times?.length);
    by("nothing").hidden = shows;
    by("nothing").textContent = data.nothing ?? "";
    by("stage").hidden = !shows;
    by("time-row").hidden = !shows;
    for (const one of document.querySelectorAll(".stage .controls, .stage .keys")) one.hidden = !shows;
    state.data = state.people = null;
    if (!shows) return;
    state.data = data;
    state.people = new People(data);
    state.legs = Object.keys(data.similarity ?? {}).some((part) => part.endsWith("Leg"));
    fitted();
    const together = by("align-yes");
    together.disabled = !data.lag_s;
    if (!data.lag_s) by("align-no").checked = true;
    state.together = together.checked && Boolean(data.lag_s);
    if (!(state.part in data.parts)) state.part = "";
    slider.step = String(data.step_s);
    slider.max = String(ends());
    by("stage").setAttribute("aria-label", data.told.picture);
    chosen();
    seek(time);
  }

  function fitted() {
    state.reach = state.people?.reach(state.data.mirrored, state.legs, state.view);
  }

  // The strip scrolls sideways alone; the page stays where it is.
  function reveal(item) {
    const list = item.parentElement;
    const left = item.offsetLeft - list.offsetLeft, right = left + item.offsetWidth;
    if (left < list.scrollLeft) list.scrollLeft = left - 16;
    if (right > list.scrollLeft + list.clientWidth) list.scrollLeft = right - list.clientWidth + 16;
  }

  // What follows the chosen part: hills, trails and where nothing was seen.
  function chosen() {
    const { people, data } = state;
    const of = (who, joints) =>
      who === "avatar" && data.mirrored ? joints.map((j) => people.mirror[j]) : joints;
    const hands = ["leftHand", "rightHand"].map((name) => people.index[name]).filter((j) => j !== undefined);
    const joints = state.part ? data.parts[state.part] : [...hands, people.index.head];
    // An arm is traced by its hand, the head and the trunk by nothing.
    const traced = hands.filter((j) => !state.part || joints.includes(j) || state.part.replace("Arm", "Hand") === data.joints[j]);
    state.speeds = { avatar: people.speeds("avatar", of("avatar", joints)), attempt: people.speeds("attempt", joints) };
    state.trails = { avatar: of("avatar", traced), attempt: traced };
    const counted = state.part ? joints : (data.counted?.length ? data.counted : joints);
    state.unseen = [];
    people.times.forEach((t, i) => {
      if (counted.every((j) => data.how[i]?.[j] === "3")) return;
      const until = people.times[i + 1] ?? t, last = state.unseen[state.unseen.length - 1];
      if (last && last[1] >= t - 1e-6) last[1] = until; else state.unseen.push([t, until]);
    });
  }

  // Words, parts, table and figures of a time

  function told(data) {
    const about = data.told ?? { words: [], parts: [], rows: [], columns: [], figures: [] };
    by("words").replaceChildren(...about.words.map((words) => element("li", words)));
    by("parts").replaceChildren(...about.parts.map((part) => {
      const row = element("span", "", "part");
      const input = element("input");
      Object.assign(input, { type: "radio", name: "part", id: `part-${part.part || "all"}`, value: part.part });
      input.checked = part.part === state.part;
      const label = element("label");
      label.htmlFor = input.id;
      label.append(element("b", part.name));
      if (part.words) label.append(sign(part.sign), element("i", part.words));
      row.append(input, label);
      return row;
    }));
    if (!about.parts.some((part) => part.part === state.part) && about.parts.length) {
      state.part = "";
      by("part-all").checked = true;
    }
    const table = by("table");
    table.hidden = !about.rows.length;
    table.querySelector("thead tr").replaceChildren(...about.columns.map((c) => {
      const cell = element("th", c);
      cell.scope = "col";
      return cell;
    }));
    table.querySelector("tbody").replaceChildren(...about.rows.map((cells) => {
      const row = element("tr");
      row.append(...cells.map((cell, k) => {
        const made = element(k ? "td" : "th", cell);
        if (!k) made.scope = "row";
        return made;
      }));
      return row;
    }));
    by("figures").hidden = !about.figures.length;
    by("figures").querySelector("dl").replaceChildren(
      ...about.figures.flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
  }

  // The adult's own rating

  function rated(about) {
    for (const button of by("grades").querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.grade) === about.own));
    }
    const mark = document.querySelector(`[data-rated="${about.trial}"]`);
    mark.textContent = about.own === null ? "" : say("rated_short", { grade: say(`grade_${about.own}`) });
    by("history").replaceChildren();
    if (!about.history.length) return;
    const details = element("details");
    const list = element("ol");
    list.append(...about.history.map((words) => element("li", words)));
    details.append(element("summary", say("history")), list);
    by("history").append(details);
  }

  async function rate(grade) {
    const about = given.trials.find((t) => t.trial === state.trial);
    const open = by("history").querySelector("details")?.open;
    const answer = await sent(`${given.here}/rate`, { trial: about.trial, grade: grade ?? "" });
    if (answer.problem) {
      by("rated").textContent = answer.problem;
      return;
    }
    Object.assign(about, answer);
    if (about.trial !== state.trial) return;
    rated(about);
    if (open) by("history").querySelector("details").open = true;
    by("rated").textContent = grade === null ? say("rated_none") : say("rated", { grade: say(`grade_${grade}`) });
  }

  // What the adult does

  for (const radio of document.querySelectorAll("input[name=trial]")) {
    radio.addEventListener("change", () => { by("rated").textContent = ""; show(Number(radio.value)); });
  }
  play.addEventListener("click", () => playing(!state.playing));
  const step = (way) => { playing(false); seek(state.time + way * state.data.step_s); };
  by("back").addEventListener("click", () => step(-1));
  by("forward").addEventListener("click", () => step(1));
  slider.addEventListener("input", () => { playing(false); seek(Number(slider.value)); });
  by("player").addEventListener("change", (event) => {
    if (event.target.name === "speed") state.speed = Number(event.target.value);
    if (event.target.name === "over") state.over = event.target.value === "yes";
    if (event.target.name === "view") {
      state.view = event.target.value;
      fitted();
    }
    if (event.target.name === "align") state.together = event.target.value === "yes";
    draw();
  });
  by("parts").addEventListener("change", (event) => {
    state.part = event.target.value;
    if (state.people) { chosen(); draw(); }
  });
  by("grades").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) rate(button.getAttribute("aria-pressed") === "true" ? null : Number(button.dataset.grade));
  });
  // Keys for all of the player but where they mean something already.
  by("player").addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !state.people) return;
    const radio = event.target.type === "radio";
    if (event.key === " " && event.target.tagName !== "BUTTON" && !radio) playing(!state.playing);
    else if (event.key === "," || (event.key === "ArrowLeft" && !radio && event.target !== slider)) step(-1);
    else if (event.key === "." || (event.key === "ArrowRight" && !radio && event.target !== slider)) step(1);
    else if (event.key === "Home" && !radio) seek(0);
    else if (event.key === "End" && !radio) seek(ends());
    else return;
    if (event.key === "Home" || event.key === "End") playing(false);
    event.preventDefault();
  });
  for (const jump of document.querySelectorAll(".jump")) {
    jump.addEventListener("click", async () => {
      await show(Number(jump.dataset.trial), Number(jump.dataset.time));
      by("replay-title").focus();
    });
  }
  new ResizeObserver(draw).observe(by("stage"));
  document.fonts?.ready.then(draw);
  show(given.first);
  return { seek, state };
}

// Notes and the draft of one: kept without leaving the page.

function notes() {
  for (const form of [by("note"), by("soep")]) {
    form?.addEventListener("submit", async (event) => {
      event.preventDefault();
      const said = form.querySelector(".saved");
      const answer = await sent(form.action, Object.fromEntries(new FormData(form)));
      said.textContent = answer.problem ?? say("kept");
      if (answer.problem) return;
      if (form.id === "note") form.reset();
      const item = element("li");
      item.append(element("p", answer.note.by, "by"), element("p", answer.note.text, "text"));
      by("notes").prepend(item);
    });
  }
}

async function fetched(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : { nothing: say("not_there") };
  } catch {
    return { nothing: say("not_there") };
  }
}

async function sent(address, values) {
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(values),
    });
    const told = await answer.json();
    return answer.ok || told.problem ? told : { problem: say("not_kept") };
  } catch {
    return { problem: say("not_kept") };
  }
}

function element(tag, text = "", kind = "") {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function sign(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg"), use = document.createElementNS(space, "use");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "sign");
  use.setAttribute("href", `#${name}`);
  svg.append(use);
  return svg;
}

if (figures) lower.dataset.ready = "yes";
