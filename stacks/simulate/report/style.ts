/** Beyond the style of all reports. */
export const STYLE = `
h3 { font-size: 16px; margin: 18px 0 4px; } h3 small { color: var(--soft); font-weight: 400; font-size: 14px; margin-left: 8px; }
.choose { position: sticky; top: 0; z-index: 1; }
fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 18px; } legend { font-weight: 600; padding: 0; }
.choose label { display: inline-flex; gap: 6px; align-items: center; } .choose input { accent-color: var(--a); width: 18px; height: 18px; }
.shared { position: absolute; width: 0; height: 0; }
.load { fill: var(--a); opacity: .3; } .line.lag { stroke: var(--bad); } .line.b, .line.lag { stroke-width: 1.5; }
.allowed { stroke: var(--bad); stroke-dasharray: 4 4; opacity: .7; }
.marks path { stroke: var(--mark); stroke-width: 2; cursor: help; }
.marks path:hover, .marks path:focus, .marks path.near { stroke: var(--text); stroke-width: 4; } .marks path:focus-visible { outline: 3px solid var(--focus); }
.told { min-height: 48px; margin: 0; font-size: 14px; font-variant-numeric: tabular-nums; } .told strong { font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; color: var(--soft); font-size: 14px; margin: 12px 0 0; }
.legend span::before { content: ""; display: inline-block; width: 22px; height: 0; border-top: 3px solid; vertical-align: middle; margin-right: 6px; }
.legend .load::before { color: var(--a); opacity: 1; height: 10px; border: 0; background: var(--a); } .legend .load { opacity: 1; }
.legend .capacity::before { color: var(--b); } .legend .late::before { color: var(--bad); } .legend .allow::before { color: var(--bad); border-top-style: dashed; }
.legend .stops::before { color: var(--mark); width: 0; height: 14px; border-top: 0; border-left: 3px solid; margin-left: 10px; }
section { scroll-margin-top: 90px; } nav ul { display: flex; flex-wrap: wrap; gap: 4px 16px; list-style: none; margin: 0; padding: 0; }
@media print { .choose { display: none; } }
`;
