/** Tables, predictions, findings, pictures, and two runs side by side. */
export const tablesStyle = `
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{text-align:left;font-weight:600;padding:.9rem 0 .3rem}
th,td{text-align:left;vertical-align:top;padding:.45rem 1rem .45rem 0;border-bottom:1px solid var(--line)}
thead th{font-size:.8125rem;font-weight:550;color:var(--muted)}
tbody th{font-weight:550}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.figures{table-layout:fixed}
.figures th:first-child{width:27%}
.measured th:nth-child(2),.moments th:nth-child(2),.moments th:nth-child(3),.moments th:last-child{width:7.5rem}
.t{display:inline-block;min-width:1.9rem;color:var(--muted);font-variant-numeric:tabular-nums}
.prediction{display:grid;grid-template-columns:minmax(7rem,15rem) minmax(11rem,1fr);gap:.9rem;align-items:start}
.bar{margin-top:.3rem;overflow:visible}
.bar .rule{stroke:var(--line)}
.bar .band{fill:var(--fill0);stroke:var(--edge0)}
.bar .reach{stroke:var(--text);stroke-width:1.5}
.bar circle{fill:var(--text);stroke:var(--card);stroke-width:1.5}
.standing{font-weight:600}
.standing.within,.standing.sooner{color:var(--pass)}
.standing.later{color:var(--unknown)}
.standing.never,.never{color:var(--fail)}
.findings{list-style:none;margin:0;padding:0}
.findings li{
  display:grid;grid-template-columns:6.2rem 1fr;gap:.75rem;padding:.5rem 0;border-bottom:1px solid var(--line)
}
.findings p{margin:0;color:var(--muted);font-size:.9375rem;overflow-wrap:anywhere}
.findings strong{font-weight:550}
.mark{
  justify-self:start;align-self:start;border-radius:4px;padding:0 .5em;font-size:.875rem;font-weight:600;
  white-space:nowrap
}
.decisions td:nth-child(2){min-width:12rem}
.decisions td:nth-child(3){min-width:16rem}
.record{font-size:.875rem}
.record td{padding:.15rem 1rem .15rem 0;overflow-wrap:anywhere}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1rem}
.pictures figure{margin:0}
.pictures img{max-width:100%;border:1px solid var(--line)}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1rem 2.5rem}
.sides h2{margin-top:.75rem}
.compared{table-layout:fixed;min-width:44rem}
.compared th:first-child{width:26%}
.compared .num{width:7rem}
.side-a{fill:var(--edge0)}
.side-b{fill:var(--edge1)}
`;
