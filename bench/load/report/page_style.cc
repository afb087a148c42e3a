#include "bench/load/report/page_style.h"

namespace stellwerk::load {

std::string_view PageStyle() {
  return R"(:root {
  --page: #f6f7f9; --card: #ffffff; --ink: #1b2430; --quiet: #5b6675; --rule: #dfe3e8;
  --good: #14713f; --good-back: #e0f3e7; --bad: #b3261e; --bad-back: #fbe5e3;
  --warn: #8a5a00; --warn-back: #fdf0d3;
  --c1: #2160c4; --c2: #cf4a0a; --c3: #12805c; --c4: #7a3fd1; --c5: #96700a; --c6: #b3266f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11161d; --card: #1a212b; --ink: #e6eaf0; --quiet: #9aa6b5; --rule: #2e3846;
    --good: #6fd79b; --good-back: #153524; --bad: #ff9d94; --bad-back: #43201e;
    --warn: #f1c262; --warn-back: #3b2e12;
    --c1: #73a9ff; --c2: #ff9a5c; --c3: #4fc99a; --c4: #bb9bff; --c5: #e0bd55; --c6: #ff86bd;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 1160px; margin: 0 auto; padding: 28px 20px 48px; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 2px 0 12px; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 36px 0 12px; }
h3 { font-size: 1rem; margin: 22px 0 6px; }
p { margin: 0 0 10px; }
.quiet, .kicker { color: var(--quiet); }
.kicker { margin: 0; font-size: .85rem; letter-spacing: .04em; text-transform: uppercase; }
.badge { display: inline-block; padding: 3px 12px; margin: 0 6px 6px 0; border-radius: 999px;
  font-weight: 600; }
.good { color: var(--good); } .badge.good { background: var(--good-back); }
.bad { color: var(--bad); } .badge.bad { background: var(--bad-back); }
.warn { color: var(--warn); } .badge.warn { background: var(--warn-back); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; margin: 14px 0 0; }
.facts dt { color: var(--quiet); } .facts dd { margin: 0; overflow-wrap: anywhere; }
.note { background: var(--warn-back); border-left: 4px solid var(--warn); border-radius: 6px;
  padding: 12px 16px; margin: 18px 0 0; }
.note ul, .problems { margin: 4px 0 0; padding-left: 20px; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px;
  margin: 24px 0 0; padding: 0; list-style: none; }
.tiles li, .card, figure.plot { background: var(--card); border: 1px solid var(--rule);
  border-radius: 10px; }
.tiles li { padding: 12px 14px; }
.tiles span { display: block; color: var(--quiet); font-size: .85rem; }
.tiles b { display: block; font-size: 1.4rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tiles b.none { color: var(--quiet); font-weight: 400; }
.tiles small { color: var(--quiet); display: block; line-height: 1.3; overflow-wrap: anywhere; }
.card { padding: 14px 16px; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr));
  gap: 14px; }
figure.plot { margin: 0; padding: 12px 12px 6px; }
figcaption { font-weight: 600; font-size: .95rem; }
figure.plot .none { color: var(--quiet); padding: 40px 0; text-align: center; }
svg { display: block; width: 100%; height: auto; overflow: hidden; }
svg text { fill: var(--quiet); font-size: 11.5px; font-variant-numeric: tabular-nums; }
svg .end { text-anchor: end; } svg .middle { text-anchor: middle; }
svg .grid, svg .axis { stroke: var(--rule); stroke-width: 1; fill: none; }
svg .axis { stroke: var(--quiet); }
svg .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
svg .line1 { stroke: var(--c1); } svg .line2 { stroke: var(--c2); }
svg .line3 { stroke: var(--c3); } svg .line4 { stroke: var(--c4); }
svg .line5 { stroke: var(--c5); } svg .line6 { stroke: var(--c6); }
svg .hover { fill: transparent; } svg .hover:hover { fill: var(--quiet); fill-opacity: .12; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 2px 0 4px; padding: 0;
  list-style: none; font-size: .85rem; color: var(--quiet); overflow-wrap: anywhere; }
.legend li::before { content: ""; display: inline-block; width: 12px; height: 12px;
  margin-right: 6px; border-radius: 3px; vertical-align: -1px; background: currentColor; }
.legend .line1::before, .bar .line1 { background: var(--c1); }
.legend .line2::before, .bar .line2 { background: var(--c2); }
.legend .line3::before, .bar .line3 { background: var(--c3); }
.legend .line4::before, .bar .line4 { background: var(--c4); }
.legend .line5::before, .bar .line5 { background: var(--c5); }
.legend .line6::before, .bar .line6 { background: var(--c6); }
.bar { display: flex; gap: 2px; height: 22px; border-radius: 6px; overflow: hidden; margin: 8px 0; }
.bar span { min-width: 2px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; background: var(--card);
  border: 1px solid var(--rule); border-radius: 10px; }
th, td { padding: 8px 14px; text-align: left; vertical-align: top;
  border-top: 1px solid var(--rule); }
thead th { border-top: 0; color: var(--quiet); font-weight: 600; font-size: .85rem; }
tbody th { font-weight: 600; }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.none { color: var(--quiet); }
table small { display: block; color: var(--quiet); font-weight: 400; font-size: .82rem;
  line-height: 1.4; max-width: 62ch; }
table.figures th:first-child { width: 50%; }
.compared tbody th { min-width: 11em; } .compared td.number small { max-width: none; }
code, pre { font: .87rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
td code, td .good, td .bad, td .warn { white-space: nowrap; }
pre { margin: 10px 0 0; padding: 14px 16px; background: var(--card); border: 1px solid var(--rule);
  border-radius: 10px; overflow-x: auto; }
details { margin-top: 30px; } summary { cursor: pointer; font-weight: 600; }
footer { margin-top: 36px; color: var(--quiet); font-size: .85rem; }
@media (max-width: 800px) { .tiles { grid-template-columns: repeat(2, 1fr); } }
@media (max-width: 640px) {
  main { padding: 18px 14px 36px; }
  h1 { font-size: 1.4rem; }
  .facts { grid-template-columns: 1fr; gap: 0; } .facts dd { margin-bottom: 6px; }
  table.figures thead { display: none; }
  table.figures tr { display: flex; flex-wrap: wrap; gap: 2px 18px; padding: 10px 14px;
    border-top: 1px solid var(--rule); }
  table.figures th, table.figures td { display: block; border: 0; padding: 0; }
  table.figures tbody th:first-child { width: 100%; }
  table.figures td:empty { display: none; }
  table.figures td[data-head]::before { content: attr(data-head) " "; color: var(--quiet);
    font-size: .85rem; }
}
@media print {
  body { background: none; } figure.plot, tr, .tiles li { break-inside: avoid; }
}
)";
}

}  // namespace stellwerk::load
