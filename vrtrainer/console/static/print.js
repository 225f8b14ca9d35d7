// The print button is there only where a script can press it.
const button = document.getElementById("print");
button.hidden = false;
document.getElementById("by-browser").hidden = true;
button.addEventListener("click", () => window.print());
