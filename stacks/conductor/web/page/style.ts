/** Beyond the style of all reports. */
export const STYLE = `
h3, h4 { margin: 0; } h3 { font-size: 17px; } h4 { font-size: 15px; margin-top: 16px; } main > h2 { margin: 24px 0 8px; }
.banner { background: var(--bad-bg); border: 1px solid var(--bad); border-radius: 8px; padding: 10px 14px; margin: 12px 0 0; font-weight: 600; }
.stale #tenants { opacity: .75; }
.news { min-height: 30px; margin-top: 12px; font-size: 15px; } .news p { margin: 2px 0; overflow-wrap: anywhere; white-space: pre-line; }
.choose { display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: center; }
.choose label { display: inline-flex; gap: 8px; align-items: center; flex-wrap: wrap; }
input:not([type=checkbox]):not([type=range]) { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--mark); border-radius: 6px; padding: 6px 8px; max-width: 100%; }
input[type=checkbox] { width: 18px; height: 18px; accent-color: var(--a); }
.tenants { list-style: none; margin: 12px 0 0; padding: 0; display: grid; gap: 10px; grid-template-columns: minmax(0, 1fr); }
.tenant { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 10px 16px; content-visibility: auto; contain-intrinsic-size: auto 84px; }
.tenant h3 button { border: 0; background: none; padding: 2px 0; font-weight: 600; color: var(--a); overflow-wrap: anywhere; text-align: left; }
.tenant h3 button::before { content: "▸ "; content: "▸ " / ""; } .tenant h3 button[aria-expanded=true]::before { content: "▾ "; content: "▾ " / ""; }
.brief { margin: 0; color: var(--soft); font-size: 15px; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.badge { display: inline-block; border: 1px solid var(--mark); color: var(--text); border-radius: 9px; padding: 0 8px; margin-right: 6px; font-size: 13px; }
.badge.bad { color: var(--bad); border-color: var(--bad); background: var(--bad-bg); font-weight: 600; }
.details { padding: 8px 0 4px; }
.warnings { color: var(--bad); background: var(--bad-bg); border-radius: 8px; margin: 0 0 12px; padding: 8px 12px 8px 28px; overflow-wrap: anywhere; white-space: pre-line; }
.orders { display: flex; flex-wrap: wrap; gap: 8px; }
button { font: inherit; color: var(--text); background: var(--page); border: 1px solid var(--mark); border-radius: 6px; padding: 6px 14px; cursor: pointer; }
button:hover { border-color: var(--text); } button.main { background: var(--a); border-color: var(--a); color: var(--card); }
button:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(190px, 45%), 1fr)); gap: 8px 20px; margin: 14px 0; }
.facts dt { color: var(--soft); font-size: 14px; } .facts dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.facts div:last-child { grid-column: 1 / -1; }
caption { text-align: left; font-weight: 600; padding-bottom: 4px; }
tbody th { color: var(--text); font-size: inherit; } td { white-space: nowrap; } td:last-child { white-space: normal; min-width: 180px; }
tr.late td:nth-child(7) { color: var(--bad); font-weight: 600; }
.allowed { stroke: var(--bad); stroke-dasharray: 4 4; opacity: .8; }
dialog { background: var(--card); color: var(--text); border: 1px solid var(--mark); border-radius: 10px; padding: 20px; width: 440px; max-width: calc(100vw - 24px); }
dialog::backdrop { background: rgb(0 0 0 / .5); } dialog label { display: block; margin-top: 12px; } dialog input { display: block; width: 100%; margin-top: 4px; }
dialog .orders { margin-top: 16px; }
.fault { color: var(--bad); font-weight: 600; margin: 12px 0 0; white-space: pre-line; overflow-wrap: anywhere; } .fault:empty { display: none; }
@media (prefers-reduced-motion: no-preference) { .badge, button { transition: border-color .15s, background-color .15s; } }
`;
