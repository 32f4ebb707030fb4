/**
 * The report's script: boxes choose whose timelines stand there; a slider under each trace, or pointing at a picture,
 * tells the figures of an instant; a rescale tells its reasons when it is pointed at or has the focus, and the arrow
 * keys walk from one to the next. Without the script every picture and table still stands, and so do the reasons,
 * as the marks' tooltips.
 */
export const SCRIPT = `
const boxes = [...document.querySelectorAll(".choose input")];
const choose = () => {
  const shown = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  for (const strip of document.querySelectorAll(".strip")) strip.hidden = !shown.has(strip.dataset.policy);
};
for (const box of boxes) box.addEventListener("change", choose);
document.querySelector(".choose").hidden = false;
choose();

const number = (value) => value.toLocaleString("en", { maximumFractionDigits: 1 });
const unpack = (pairs) => pairs.flatMap((value, i) => (i % 2 ? Array(value).fill(pairs[i - 1]) : []));

for (const figure of document.querySelectorAll("figure")) {
  const data = JSON.parse(figure.querySelector("script").textContent);
  if (data.count === 0) continue;
  const rate = unpack(data.rate);
  const slider = figure.querySelector("input");
  const strips = [...figure.querySelectorAll(".strip")].map((element) => ({
    element,
    told: element.querySelector(".told"),
    chart: element.querySelector("svg.chart"),
    marks: [...element.querySelectorAll(".marks path")],
    series: Object.fromEntries(Object.entries(data.policies[element.dataset.policy]).map(([k, v]) => [k, unpack(v)])),
  }));
  const instantAt = (index) => new Date(data.start + (index + 1) * data.step).toISOString().slice(0, 16).replace("T", " ");
  const figures = ({ series }, i) => number(series.capacity[i]) + "/s capacity, " + series.slots[i] + " slots, parallelism " +
    series.parallelism[i] + ", lag " + number(series.lag[i]) + " s";
  const timeOf = (mark) => data.start + mark.dataset.t * 1000;
  const place = (t) => data.left + ((t - data.start) / (data.end - data.start)) * (data.right - data.left);
  const indexAt = (t) => Math.max(0, Math.min(data.count - 1, Math.round((t - data.start) / data.step) - 1));
  const show = (index) => {
    slider.value = index;
    const head = instantAt(index) + " UTC: " + number(rate[index]) + "/s arrive";
    const x = place(data.start + (index + 1) * data.step);
    for (const strip of strips) {
      const cursor = strip.chart.querySelector(".cursor");
      cursor.setAttribute("x1", x); cursor.setAttribute("x2", x); cursor.setAttribute("visibility", "visible");
      strip.told.textContent = head + ", " + figures(strip, index);
    }
    const shown = strips.filter(({ element }) => !element.hidden);
    slider.setAttribute("aria-valuetext", [head, ...shown.map((s) => s.element.dataset.policy + " " + figures(s, index))].join("; "));
  };
  const tell = (strip, mark) => {
    show(indexAt(timeOf(mark)));
    const reason = document.createElement("strong");
    reason.textContent = mark.querySelector("title").textContent;
    strip.told.append(document.createElement("br"), reason);
  };
  slider.addEventListener("input", () => show(Number(slider.value)));
  for (const strip of strips) {
    const { chart, marks } = strip;
    chart.addEventListener("pointermove", (event) => {
      const box = chart.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * data.width;
      const t = data.start + ((x - data.left) / (data.right - data.left)) * (data.end - data.start);
      const away = (mark) => Math.abs(place(timeOf(mark)) - x);
      const near = marks.reduce((best, mark) => (away(mark) < (best ? away(best) : 5) ? mark : best), undefined);
      for (const mark of marks) mark.classList.toggle("near", mark === near);
      near ? tell(strip, near) : show(indexAt(t));
    });
    marks.forEach((mark, i) => {
      mark.addEventListener("focus", () => tell(strip, mark));
      mark.addEventListener("keydown", (event) => {
        const to = { ArrowLeft: i - 1, ArrowRight: i + 1, Home: 0, End: marks.length - 1 }[event.key];
        if (marks[to] === undefined) return;
        event.preventDefault();
        mark.tabIndex = -1; marks[to].tabIndex = 0; marks[to].focus();
      });
    });
  }
  figure.querySelector(".reader").hidden = false;
  show(0);
}
`;
