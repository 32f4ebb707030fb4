/** The report's style sheet: light and dark by what the reader's system asks for. */
export const STYLE = `
:root { color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --text: #1a1f29; --soft: #535c6b; --rule: #d9dee6;
  --a: #0a5cad; --b: #b3470b; --c: #6b2fa3; --mark: #6a7382;
  --good: #0b6b34; --good-bg: #e3f5e9; --bad: #a8161d; --bad-bg: #fdeaea; --focus: #0a5cad; }
@media (prefers-color-scheme: dark) { :root {
  --page: #12151b; --card: #1b2029; --text: #e8ebf1; --soft: #a5aebd; --rule: #343c4a;
  --a: #6fb7ff; --b: #ffa657; --c: #d2a8ff; --mark: #8f99a9;
  --good: #6fdd8b; --good-bg: #15301f; --bad: #ff9b95; --bad-bg: #3a1a1c; --focus: #6fb7ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1100px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 19px; margin: 0 0 12px; }
section { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 20px; margin-top: 20px; }
.soft { color: var(--soft); margin: 0; }
.verdict { display: flex; gap: 14px; align-items: baseline; font-size: 18px; }
.verdict.good { background: var(--good-bg); border-color: var(--good); }
.verdict.bad { background: var(--bad-bg); border-color: var(--bad); }
.verdict p { margin: 0; } .verdict strong { white-space: nowrap; }
.good strong, .ok { color: var(--good); } .bad strong, .failed { color: var(--bad); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 20px 0 0; }
.tiles div { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 12px 16px; }
.tiles dt { color: var(--soft); font-size: 14px; } .tiles dd { margin: 0; font-size: 24px; font-weight: 600; }
.scroll { overflow-x: auto; } .scroll:focus-visible, .mark:focus-visible, input:focus-visible, summary:focus-visible, a:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
th { color: var(--soft); font-weight: 600; font-size: 14px; } td.n, th.n { text-align: right; white-space: nowrap; }
td.state { white-space: nowrap; font-weight: 600; }
a { color: var(--a); overflow-wrap: anywhere; }
summary { cursor: pointer; color: var(--soft); } details .scroll { max-height: 360px; overflow-y: auto; margin-top: 8px; }
.chart { display: block; width: 100%; min-width: 720px; height: auto; font-size: 13px; }
.chart text { fill: var(--text); paint-order: stroke; stroke: var(--card); stroke-width: 4px; } .chart .tick, .chart .unit, .chart .key { fill: var(--soft); }
.chart .panel { font-weight: 600; } .chart .unit { font-weight: 400; }
.grid { stroke: var(--rule); }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; } .area { stroke: none; opacity: .16; }
.line.a { stroke: var(--a); } .line.b { stroke: var(--b); } .line.c { stroke: var(--c); stroke-width: 3; stroke-dasharray: 2 5; stroke-linecap: round; }
.area.a { fill: var(--a); }
.mark line { stroke: var(--mark); stroke-dasharray: 4 3; } .mark:hover line, .mark:focus line { stroke: var(--text); stroke-dasharray: none; stroke-width: 2; }
.cursor { stroke: var(--text); }
.reader { min-width: 720px; } .reader input { display: block; width: 100%; margin: 4px 0; accent-color: var(--a); }
.reader label { color: var(--soft); font-size: 14px; }
.reader .track { padding: 0 calc(100% * 16 / 960 - 8px) 0 calc(100% * 64 / 960 - 8px); }
output { display: flex; flex-wrap: wrap; gap: 2px 20px; min-height: 24px; font-variant-numeric: tabular-nums; }
@media print { .reader, details { display: none; } section { break-inside: avoid; } }
@media (max-width: 600px) { main { padding: 20px 10px; } section { padding: 14px; } }
`;
