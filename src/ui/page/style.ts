// How the page looks: one sheet, in the page itself. Narrow screens get a card for each row instead of a table.

/** The style sheet. */
export const SHEET = `
:root{color-scheme:light dark;--ink:#1b1f24;--dim:#5b6570;--line:#d5dae0;--back:#fff;--card:#f6f8fa;--good:#116329;--warn:#8a5a00;--bad:#b3131f}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ec;--dim:#9aa4ae;--line:#323a43;--back:#0f1317;--card:#171c22;--good:#5fd37f;--warn:#e3b341;--bad:#ff7b72}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:80rem;padding:1rem;background:var(--back);color:var(--ink);font:16px/1.45 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.25rem;margin:0 0 .25rem}
h2{font-size:1rem;margin:1.5rem 0 .5rem}
p,ul{margin:.25rem 0}
ul{padding-left:1.2rem}
li.sub{list-style:none}
.lead{font-size:1.1rem;border-left:.35rem solid var(--good);padding:.4rem .75rem;background:var(--card)}
.lead.warn{border-color:var(--warn)}
.lead.bad{border-color:var(--bad)}
.dim,footer{color:var(--dim)}
.good{color:var(--good)}
.warn{color:var(--warn)}
.bad{color:var(--bad);font-weight:600}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th{text-align:left;font-size:.75rem;color:var(--dim);font-weight:600}
th,td{padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
footer{margin-top:2rem;font-size:.85rem}
@media(max-width:44rem){
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr,td{display:block;width:auto}
tr{background:var(--card);border:1px solid var(--line);border-radius:.4rem;margin:.5rem 0;padding:.25rem .6rem}
td{display:flex;gap:.75rem;justify-content:space-between;border:0;padding:.15rem 0;text-align:right}
td:before{content:attr(data-title);color:var(--dim);font-weight:400;font-size:.75rem;text-align:left;flex:none;padding-top:.15rem}
td:first-child{font-weight:600}
td.empty{display:none}
}
`
