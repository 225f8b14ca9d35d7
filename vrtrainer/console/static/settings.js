// The sample follows the sliders; without this it shows what was kept.
const form = document.getElementById("settings");
const text = document.getElementById("sample-text");
const figure = document.getElementById("figure");
const dim = document.getElementById("dim");
const listen = document.getElementById("listen");

function show() {
  const said = new FormData(form);
  const shown = `/pictures/gesture/wave/${said.get("avatar") || figure.dataset.otherwise}`;
  if (figure.getAttribute("href") !== shown) figure.setAttribute("href", shown);
  dim.setAttribute("opacity", String(1 - Number(said.get("light"))));
  text.setAttribute("font-size", String(Number(text.dataset.size) * Number(said.get("text"))));
  text.textContent = said.get("praise") === "describe" ? text.dataset.describe : text.dataset.plain;
}

form.addEventListener("input", show);
show();
listen.hidden = false;
listen.addEventListener("click", () => {
  const sound = new Audio("/sounds/match.wav");
  sound.volume = Number(new FormData(form).get("sound"));
  sound.play();
});
