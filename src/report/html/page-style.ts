/** The page's only style sheet: system fonts, light and dark, phone and paper. Colors keep a contrast of 4.5 to 1. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf8; --surface: #ffffff; --line: #dedad3; --faint: #f1eee9;
  --text: #1f2328; --quiet: #5a6069; --link: #1d5a96;
  --good: #1a6b3c; --good-ground: #e5f3ea;
  --attention: #8a4b00; --attention-ground: #fcf0dc;
  --bad: #a8201a; --bad-ground: #fbe7e5;
  --bar: #3f7f9f; --bar-rest: #d98a2b; --bar-filtered: #9aa2ab;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15181c; --surface: #1c2026; --line: #363c45; --faint: #242931;
    --text: #e6e4df; --quiet: #a9b0ba; --link: #8dc1f2;
    --good: #7fd3a0; --good-ground: #18301f;
    --attention: #f0b866; --attention-ground: #35270f;
    --bad: #ff9d94; --bad-ground: #3d1b19;
    --bar: #69afd0; --bar-rest: #e0a24d; --bar-filtered: #79828d;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text); overflow-wrap: anywhere;
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
.page { max-width: 74rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 2.5rem); }
.skip { position: absolute; left: -100rem; padding: .6rem 1rem; background: var(--surface); color: var(--link); }
.skip:focus { left: .5rem; top: .5rem; z-index: 1; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
a { color: var(--link); }
.top { padding-top: clamp(1.5rem, 5vw, 3.5rem); }
.product { margin: 0; color: var(--quiet); font-size: .95rem; }
h1, h2, h3 { line-height: 1.2; text-wrap: balance; }
h1 { margin: .4rem 0 .6rem; font-size: clamp(1.6rem, 4.5vw, 2.5rem); font-weight: 650; letter-spacing: -.015em; }
h2 { margin: 0 0 .35rem; font-size: 1.35rem; font-weight: 650; letter-spacing: -.01em; }
h3 { margin: 1.6rem 0 .4rem; font-size: 1.05rem; }
.lead { margin: 0; max-width: 46rem; color: var(--quiet); }
.verdict { margin: 1.5rem 0 0; padding: 1.4rem clamp(1rem, 3vw, 1.8rem); border-radius: .8rem; border: 1px solid var(--line); background: var(--surface); border-left: .5rem solid; }
.verdict p { margin: .3rem 0 0; max-width: 46rem; }
.verdict h1 { margin-top: .3rem; }
.verdict .word { font-weight: 650; }
.verdict.good { border-left-color: var(--good); } .verdict.attention { border-left-color: var(--attention); } .verdict.bad { border-left-color: var(--bad); }
.mark { display: inline-block; padding: .08rem .6rem; border-radius: 1rem; font-size: .85rem; font-weight: 600; white-space: nowrap; }
.mark.good { color: var(--good); background: var(--good-ground); }
.mark.attention { color: var(--attention); background: var(--attention-ground); }
.mark.bad { color: var(--bad); background: var(--bad-ground); }
.mark.plain { color: var(--quiet); background: var(--faint); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 1px; margin: 1.2rem 0 0; border: 1px solid var(--line); border-radius: .8rem; overflow: hidden; background: var(--surface); }
.figures div { display: flex; flex-direction: column-reverse; justify-content: flex-end; padding: .9rem 1rem; box-shadow: 0 0 0 1px var(--line); }
.figures dt { color: var(--quiet); font-size: .88rem; }
.figures dd { margin: 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: 1.4rem 0 0; padding: 0; list-style: none; }
section { margin: 3rem 0 0; scroll-margin-top: 1rem; }
.scroll { overflow-x: auto; margin: .9rem 0 0; border: 1px solid var(--line); border-radius: .6rem; background: var(--surface); }
table { width: 100%; border-collapse: collapse; font-size: .93rem; }
caption { padding: .7rem .75rem 0; text-align: left; color: var(--quiet); font-size: .88rem; }
th, td { padding: .5rem .75rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: normal; }
thead th { border-top: 0; color: var(--quiet); font-size: .85rem; font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; }
tfoot th, tfoot td { border-top: 2px solid var(--line); font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.time, .words { white-space: nowrap; font-variant-numeric: tabular-nums; }
.long { min-width: 14rem; overflow-wrap: anywhere; }
.value { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .87rem; min-width: 9rem; overflow-wrap: anywhere; white-space: pre-wrap; }
.quiet { color: var(--quiet); }
caption span { display: inline-block; position: sticky; left: .75rem; max-width: min(100%, calc(100vw - 4rem)); }
.chart { min-width: 7rem; width: 18%; }
.bar { display: block; width: 100%; min-width: 6rem; height: .8rem; margin-top: .35rem; border-radius: .2rem; background: var(--faint); }
.fill-loaded, .fill-count { fill: var(--bar); } .fill-rejected { fill: var(--bar-rest); } .fill-filtered { fill: var(--bar-filtered); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: .6rem 0 0; padding: 0; list-style: none; color: var(--quiet); font-size: .88rem; }
.legend svg { width: .8rem; height: .8rem; margin-right: .4rem; }
.boxes { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem; margin: 1rem 0 0; }
.box { padding: 1rem 1.2rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--surface); }
.box h3 { margin: 0 0 .4rem; } .box p { margin: .4rem 0 0; }
figure { margin: 1.2rem 0 0; padding: 1rem 1.2rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--surface); }
figcaption { font-weight: 600; }
.plot { display: block; width: 100%; height: 11rem; margin: .6rem 0 .2rem; background: linear-gradient(var(--faint), var(--faint)) bottom/100% 1px no-repeat; }
.plot .area { fill: var(--bar); fill-opacity: .22; } .plot .line { fill: none; stroke: var(--bar); stroke-width: 2; vector-effect: non-scaling-stroke; }
.plot .grid { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }
.axis { display: flex; justify-content: space-between; color: var(--quiet); font-size: .85rem; }
details { margin: .9rem 0 0; } summary { cursor: pointer; color: var(--link); padding: .2rem 0; }
.filter { display: flex; flex-wrap: wrap; gap: .8rem 1rem; align-items: end; margin: .9rem 0 0; }
.filter[hidden] { display: none; }
.filter label { display: grid; gap: .2rem; color: var(--quiet); font-size: .88rem; flex: 1 1 9rem; }
.filter label.wide { flex-basis: 16rem; }
.filter input, .filter select { width: 100%; font: inherit; color: var(--text); background: var(--surface); border: 1px solid var(--quiet); border-radius: .4rem; padding: .4rem .6rem; height: 2.5rem; }
.filter output { flex: 1 0 100%; color: var(--quiet); font-size: .9rem; }
dl.pairs { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .3rem 1.4rem; margin: .9rem 0 0; }
dl.pairs dt { color: var(--quiet); } dl.pairs dd { margin: 0; }
footer { margin: 3.5rem 0 2.5rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .9rem; }
@media (max-width: 30rem) { dl.pairs { grid-template-columns: 1fr; gap: 0; } dl.pairs dd { margin-bottom: .5rem; } }
@media print {
  :root { --ground: #fff; --surface: #fff; --text: #000; --quiet: #444; --line: #bbb; --faint: #eee; --link: #000; --good: #1a6b3c; --attention: #8a4b00; --bad: #a8201a;
    --good-ground: #e5f3ea; --attention-ground: #fcf0dc; --bad-ground: #fbe7e5;
    --bar: #3f7f9f; --bar-rest: #d98a2b; --bar-filtered: #9aa2ab; color-scheme: light; }
  .page { max-width: none; padding: 0; } body { font-size: 10pt; }
  nav, .filter, .skip { display: none !important; }
  summary { list-style: none; } details::details-content { content-visibility: visible; block-size: auto; }
  .scroll { overflow: visible; border: 0; } tr[hidden] { display: table-row; }
  section { margin-top: 1.6rem; } tr, figure, .box { break-inside: avoid; } h2, h3, caption { break-after: avoid; }
  th, td { padding: .25rem .5rem; } .verdict, .bar, .mark { print-color-adjust: exact; }
}
`;
