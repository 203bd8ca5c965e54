import { type Palette, dark, light } from './palette.ts';
import { timelineStyle } from './timeline-style.ts';

/** The whole style sheet: system fonts, both colour schemes, paper. */
export function styleSheet(): string {
  return [
    `:root{${variables(light)}}`,
    `@media screen and (prefers-color-scheme:dark){:root{${variables(dark)}}}`,
    base,
    parts,
    timelineStyle,
    print,
  ].join('\n');
}

function variables({ machines, ...colours }: Palette): string {
  const plain = Object.entries(colours).map(([name, value]) => `--${name}:${String(value)}`);
  const hues = machines.flatMap(({ fill, edge }, index) => [`--fill${index}:${fill}`, `--edge${index}:${edge}`]);
  return [...plain, ...hues].join(';');
}

const base = `
*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%;scroll-padding-top:3rem}
body{margin:0;background:var(--paper);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{max-width:1240px;margin:0 auto;padding:1.5rem 1.5rem 4rem}
h1{font-size:clamp(1.25rem,1rem + 1.2vw,1.75rem);line-height:1.35;font-weight:600;margin:.35rem 0 .6rem;text-wrap:pretty}
h2{font-size:1.25rem;font-weight:600;margin:0 0 .75rem}
h3{font-size:1rem;font-weight:600;margin:1.25rem 0 .5rem}
h4{font-size:.875rem;font-weight:600;margin:0 0 .35rem}
section{margin-top:2.75rem;padding-top:1.5rem;border-top:1px solid var(--line)}
p{margin:.4rem 0}
a{color:var(--link)}
code,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.875em;overflow-wrap:anywhere}
small{display:block;font-size:.8125rem;color:var(--muted);font-weight:400;line-height:1.4}
.muted{color:var(--muted);font-weight:400}.nowrap{white-space:nowrap}
.prose{max-width:75ch}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.skip-link,.skip{position:absolute;left:-9999px}
.skip-link:focus,.skip:focus-within{position:static;display:block;padding:.5rem 1.5rem}
nav{position:sticky;top:0;z-index:5;background:var(--paper);border-bottom:1px solid var(--line)}
nav ul{display:flex;gap:1.25rem;max-width:1240px;margin:0 auto;padding:.6rem 1.5rem;list-style:none;overflow-x:auto;white-space:nowrap;font-size:.875rem}
nav a{text-decoration:none;color:var(--muted)}nav a:hover,nav a:focus{color:var(--text);text-decoration:underline}
details>summary{cursor:pointer;color:var(--link);width:fit-content}
`;

const parts = `
header{border-left:5px solid var(--verdict);padding:.1rem 0 .1rem 1.25rem}
header.pass{--verdict:var(--pass)}header.fail{--verdict:var(--fail)}header.unknown{--verdict:var(--unknown)}
.kicker{margin:0;color:var(--muted);font-size:.875rem}
.badge{display:inline-block;padding:.02em .55em .06em;margin-right:.3em;border-radius:.3em;font-weight:650}
.badge.pass,.mark.pass{color:var(--pass);background:var(--passTint)}
.badge.fail,.mark.fail{color:var(--fail);background:var(--failTint)}
.badge.unknown,.mark.unknown{color:var(--unknown);background:var(--unknownTint)}
.summary{max-width:75ch;color:var(--muted)}
.facts{display:flex;flex-wrap:wrap;gap:.6rem 2rem;margin:1rem 0}
.facts div{min-width:0}.facts dt{font-size:.8125rem;color:var(--muted)}.facts dd{margin:0;font-weight:550;overflow-wrap:anywhere}
.repeat code{padding:.25em .6em;border:1px solid var(--line);border-radius:4px;background:var(--card);user-select:all}
.words{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr));gap:.75rem 2rem;margin:.75rem 0}
.words dt{font-weight:600}.words dd{margin:0;color:var(--muted);font-size:.9375rem}
.snapshots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:.75rem 1.25rem}
.snapshot{display:grid;grid-template-rows:subgrid;grid-row:span var(--rows);gap:.6rem;margin-bottom:1rem}
.snapshot h3{margin:0;text-transform:capitalize}.snapshot h3 .muted{text-transform:none;font-size:.875rem}
.machine{border:1px solid var(--line);border-top:4px solid var(--edge);border-radius:6px;background:var(--card);padding:.6rem .75rem .7rem}
.machine.away{border-style:dashed;border-color:var(--muted);background:repeating-linear-gradient(135deg,transparent 0 9px,var(--line) 9px 10px)}
.machine.away .units{opacity:.75}.machine h4{font-size:.9375rem}
.state{float:right;color:var(--fail);background:var(--failTint);padding:0 .45em;border-radius:3px;font-size:.8125rem}
.badges{margin:0 0 .4rem;font-size:.75rem;color:var(--muted);min-height:1.2em}.badges span+span::before{content:"· "}
.badges .leads{font-weight:650;color:var(--text)}
.none{font-size:.875rem;margin:0}
.units{display:flex;flex-wrap:wrap;gap:.3rem;list-style:none;margin:0;padding:0;font-size:.8125rem}
.unit{padding:.1rem .5rem;border-radius:4px;background:var(--fill,var(--key));border:1px solid transparent;line-height:1.45}
.unit small{display:inline;font-size:.75rem;margin-left:.35em;color:inherit}
.unit.arrived{border-color:var(--edge)}.unit.changing{background:none;border:1px dashed var(--edge)}
.unit.failed{background:var(--failTint);border-color:var(--fail)}
.unit.lost{background:none;border:1px dashed var(--muted);max-width:100%}.unit.lost small{display:block;margin:0;color:var(--muted)}
.new{font-weight:650}
.keys table{font-size:.8125rem;width:auto}.keys th,.keys td{padding:.12rem .9rem .12rem 0;border:0;font-weight:400}.keys .changed td{font-weight:650}.keys small{display:inline;margin-left:.3em;color:inherit}
${[0, 1, 2, 3, 4].map((n) => `.m${n}{--fill:var(--fill${n});--edge:var(--edge${n})}`).join('')}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{text-align:left;font-weight:600;padding:.9rem 0 .3rem}
th,td{text-align:left;vertical-align:top;padding:.45rem 1rem .45rem 0;border-bottom:1px solid var(--line)}
thead th{font-size:.8125rem;font-weight:550;color:var(--muted)}tbody th{font-weight:550}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.figures{table-layout:fixed}.figures th:first-child{width:27%}.measured th:nth-child(2),.moments th:nth-child(2),.moments th:nth-child(3),.moments th:last-child{width:7.5rem}
.t{display:inline-block;min-width:1.9rem;color:var(--muted);font-variant-numeric:tabular-nums}
.prediction{display:grid;grid-template-columns:minmax(7rem,15rem) minmax(11rem,1fr);gap:.9rem;align-items:start}
.bar{margin-top:.3rem;overflow:visible}.bar .rule{stroke:var(--line)}.bar .band{fill:var(--fill0);stroke:var(--edge0)}
.bar .reach{stroke:var(--text);stroke-width:1.5}.bar circle{fill:var(--text);stroke:var(--card);stroke-width:1.5}
.standing{font-weight:600}.standing.within,.standing.sooner{color:var(--pass)}.standing.later{color:var(--unknown)}.standing.never,.never{color:var(--fail)}
.findings{list-style:none;margin:0;padding:0}
.findings li{display:grid;grid-template-columns:6.2rem 1fr;gap:.75rem;padding:.5rem 0;border-bottom:1px solid var(--line)}
.findings p{margin:0;color:var(--muted);font-size:.9375rem;overflow-wrap:anywhere}.findings strong{font-weight:550}
.mark{justify-self:start;align-self:start;border-radius:4px;padding:0 .5em;font-size:.875rem;font-weight:600;white-space:nowrap}
.decisions td:nth-child(2){min-width:12rem}.decisions td:nth-child(3){min-width:16rem}
.record{font-size:.875rem}.record td{padding:.15rem 1rem .15rem 0;overflow-wrap:anywhere}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1rem}.pictures figure{margin:0}.pictures img{max-width:100%;border:1px solid var(--line)}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1rem 2.5rem}.sides h2{margin-top:.75rem}
.compared{table-layout:fixed;min-width:44rem}.compared th:first-child{width:26%}.compared .num{width:7rem}.side-a{fill:var(--edge0)}.side-b{fill:var(--edge1)}
@media (max-width:640px){main{padding:1rem 1rem 3rem}nav ul{padding:.6rem 1rem}header{padding-left:.8rem}.findings li{grid-template-columns:1fr;gap:.15rem}
.prediction{grid-template-columns:1fr;gap:.2rem}.wide td,.wide th{padding-right:.75rem}
.figures,.figures tbody,.decisions,.decisions tbody{display:block}.figures thead,.decisions thead{position:absolute;left:-9999px}
.figures tr{display:grid;grid-template-columns:1fr auto auto;border-bottom:1px solid var(--line);padding:.4rem 0}.figures caption{display:block}
.figures th,.figures td,.decisions td{border:0;padding:.1rem 0 .1rem .6rem}.figures th:first-child{width:auto;padding-left:0}.figures td:nth-child(n+4),.measured td:nth-child(3){grid-column:1/-1;padding-left:0}
.moments td:last-child::before{content:"run’s clock "}.moments td:last-child{font-size:.8125rem}.figures td:empty{display:none}
.decisions tr{display:grid;grid-template-columns:auto 1fr auto;border-bottom:1px solid var(--line);padding:.4rem 0}.decisions td:nth-child(1){padding-left:0}.decisions td:nth-child(3){grid-column:1/-1;grid-row:2;padding-left:0;min-width:0;color:var(--muted);font-size:.875rem}.decisions td:nth-child(2){min-width:0}
.stacked,.stacked tbody{display:block}.stacked thead{position:absolute;left:-9999px}.stacked tr{display:flex;flex-wrap:wrap;gap:0 .9rem;border-bottom:1px solid var(--line);padding:.4rem 0}
.stacked th,.stacked td{border:0;padding:.1rem 0}.stacked th{flex:0 0 100%}.stacked td{font-size:.875rem;color:var(--muted)}
.faulted td:nth-child(3)::before{content:"from "}.faulted td:nth-child(4)::before{content:"to "}.faulted td:nth-child(5)::before{content:"lasted "}
.asked td:nth-child(2)::before{content:"asked "}.asked td:nth-child(3)::before{content:"failed "}.asked td:nth-child(4)::before{content:"median "}.asked td:nth-child(5)::before{content:"99th per cent "}.asked td:nth-child(6)::before{content:"worst "}.asked td:nth-child(7)::before{content:"longest outage "}}
`;

const print = `
@media print{@page{margin:12mm}html{color-scheme:light}body{font-size:10pt;background:#fff}nav,.readout,.skip,.skip-link,#after-timeline,#record{display:none!important}
main{max-width:none;padding:0}section{margin-top:1.2rem;padding-top:.8rem}.snapshots{grid-template-columns:repeat(3,1fr)}.wide{overflow:visible}.keys{break-inside:avoid}
#timeline{break-before:page}.scroll{overflow:visible!important;break-inside:avoid;zoom:.7}.chart{min-width:0!important}.names{position:static}
.prediction{grid-template-columns:1fr;gap:.15rem}.figures th:first-child{width:30%}.measured th:nth-child(2),.moments th:nth-child(2),.moments th:nth-child(3),.moments th:last-child{width:5.2rem}
.dense .fault-name{display:none}.machine,tr,.plot,figure{break-inside:avoid}h2,h3{break-after:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
