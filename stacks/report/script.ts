/**
 * The report's script: a slider under each picture walks through its samples, by keyboard, touch or by pointing at
 * the picture, and says the figures of that instant. Without the script the picture and all tables still stand.
 */
export const SCRIPT = `
for (const figure of document.querySelectorAll("figure")) {
  const data = JSON.parse(figure.querySelector("script").textContent);
  const chart = figure.querySelector("svg"), cursor = chart.querySelector(".cursor");
  const reader = figure.querySelector(".reader");
  if (data.rows.length === 0) continue;
  const slider = reader.querySelector("input"), out = reader.querySelector("output");
  reader.hidden = false;
  const show = (index) => {
    const row = data.rows[index];
    const x = data.left + (row.t / data.span) * (data.right - data.left);
    cursor.setAttribute("x1", x); cursor.setAttribute("x2", x); cursor.setAttribute("visibility", "visible");
    slider.value = index; slider.setAttribute("aria-valuetext", row.text.join(", "));
    out.replaceChildren(...row.text.map((text) => Object.assign(document.createElement("span"), { textContent: text })));
  };
  const nearest = (t) => data.rows.reduce((best, row, i) => Math.abs(row.t - t) < Math.abs(data.rows[best].t - t) ? i : best, 0);
  slider.addEventListener("input", () => show(Number(slider.value)));
  chart.addEventListener("pointermove", (event) => {
    const box = chart.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * data.width;
    show(nearest(((x - data.left) / (data.right - data.left)) * data.span));
  });
  for (const mark of chart.querySelectorAll(".mark")) mark.addEventListener("focus", () => show(nearest(mark.dataset.t - data.start)));
  show(0);
}
`;
