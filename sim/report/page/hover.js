"use strict";
// Moves a line along each timeline, under the pointer or by the arrow keys, and
// reads out what the curves say there. The page is whole without it.
for (const chart of document.querySelectorAll(".chart")) {
  const cursor = chart.querySelector(".cursor");
  const readout = chart.querySelector(".readout");
  const ground = chart.querySelector(".ground");
  const zero = Number(chart.dataset.zero), length = Number(chart.dataset.length);
  let at = null;

  const clock = (percent) => {
    const s = Math.round((percent - zero) / 100 * length);
    const abs = Math.abs(s), m = Math.floor(abs / 60);
    return (s < 0 ? "−" : "+") + (m ? m + "m" : "") + (abs % 60) + "s";
  };
  const values = (lane) => {
    const all = [];
    for (const line of lane.querySelectorAll("path[data-values]")) {
      const i = Math.round((at - Number(line.dataset.from)) / Number(line.dataset.step));
      const value = line.dataset.values.split(",")[i];
      all.push((line.dataset.label + " " + (value || "–")).trim());
    }
    return all.join(", ");
  };
  const show = (percent) => {
    at = Math.min(100, Math.max(0, percent));
    cursor.hidden = false;
    cursor.style.left = at + "%";
    const parts = [];
    for (const lane of chart.querySelectorAll(".curve")) {
      const text = values(lane);
      parts.push(lane.dataset.name + ": " + text);
      let tip = lane.querySelector(".tip");
      if (!tip) {
        tip = document.createElement("output");
        tip.className = "tip";
        lane.querySelector(".track").append(tip);
      }
      tip.textContent = text;
      tip.classList.toggle("left", at > 55);
      tip.style.left = at + "%";
    }
    chart.style.setProperty("--at", at + "%");
    return clock(at) + " after the fault. " + parts.join("; ");
  };
  const hide = () => {
    cursor.hidden = true;
    for (const tip of chart.querySelectorAll(".tip")) tip.remove();
  };
  chart.addEventListener("pointermove", (event) => {
    const box = ground.getBoundingClientRect();
    if (event.clientX < box.left || event.clientX > box.right) return hide();
    show((event.clientX - box.left) / box.width * 100);
  });
  chart.addEventListener("pointerleave", hide);
  chart.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -100, End: 100 }[event.key];
    if (event.key === "Escape") return hide();
    if (!step || event.target !== chart) return;
    event.preventDefault();
    readout.textContent = show((at === null ? zero : at) + step);
  });
  chart.addEventListener("blur", () => { readout.textContent = ""; hide(); });
}
