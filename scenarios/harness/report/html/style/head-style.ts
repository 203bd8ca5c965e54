/** The verdict, the words, and the machines with their units. */
export const headStyle = `
header{border-left:5px solid var(--verdict);padding:.1rem 0 .1rem 1.25rem}
header.pass{--verdict:var(--pass)}
header.fail{--verdict:var(--fail)}
header.unknown{--verdict:var(--unknown)}
.kicker{margin:0;color:var(--muted);font-size:.875rem}
.badge{display:inline-block;padding:.02em .55em .06em;margin-right:.3em;border-radius:.3em;font-weight:650}
.badge.pass,.mark.pass{color:var(--pass);background:var(--passTint)}
.badge.fail,.mark.fail{color:var(--fail);background:var(--failTint)}
.badge.unknown,.mark.unknown{color:var(--unknown);background:var(--unknownTint)}
.summary{max-width:75ch;color:var(--muted)}
.facts{display:flex;flex-wrap:wrap;gap:.6rem 2rem;margin:1rem 0}
.facts div{min-width:0}
.facts dt{font-size:.8125rem;color:var(--muted)}
.facts dd{margin:0;font-weight:550;overflow-wrap:anywhere}
.repeat code{
  padding:.25em .6em;border:1px solid var(--line);border-radius:4px;background:var(--card);user-select:all
}
.words{
  display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr));gap:.75rem 2rem;margin:.75rem 0
}
.words dt{font-weight:600}
.words dd{margin:0;color:var(--muted);font-size:.9375rem}
.snapshots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:.75rem 1.25rem}
.snapshot{display:grid;grid-template-rows:subgrid;grid-row:span var(--rows);gap:.6rem;margin-bottom:1rem}
.snapshot h3{margin:0;text-transform:capitalize}
.snapshot h3 .muted{text-transform:none;font-size:.875rem}
.machine{
  border:1px solid var(--line);border-top:4px solid var(--edge);border-radius:6px;background:var(--card);
  padding:.6rem .75rem .7rem
}
.machine.away{
  border-style:dashed;border-color:var(--muted);
  background:repeating-linear-gradient(135deg,transparent 0 9px,var(--line) 9px 10px)
}
.machine.away .units{opacity:.75}
.machine h4{font-size:.9375rem}
.state{
  float:right;color:var(--fail);background:var(--failTint);padding:0 .45em;border-radius:3px;font-size:.8125rem
}
.badges{margin:0 0 .4rem;font-size:.75rem;color:var(--muted);min-height:1.2em}
.badges span+span::before{content:"· "}
.badges .leads{font-weight:650;color:var(--text)}
.none{font-size:.875rem;margin:0}
.units{display:flex;flex-wrap:wrap;gap:.3rem;list-style:none;margin:0;padding:0;font-size:.8125rem}
.unit{
  padding:.1rem .5rem;border-radius:4px;background:var(--fill,var(--key));border:1px solid transparent;
  line-height:1.45
}
.unit small{display:inline;font-size:.75rem;margin-left:.35em;color:inherit}
.unit.arrived{border-color:var(--edge)}
.unit.changing{background:none;border:1px dashed var(--edge)}
.unit.failed{background:var(--failTint);border-color:var(--fail)}
.unit.lost{background:none;border:1px dashed var(--muted);max-width:100%}
.unit.lost small{display:block;margin:0;color:var(--muted)}
.new{font-weight:650}
.keys table{font-size:.8125rem;width:auto}
.keys th,.keys td{padding:.12rem .9rem .12rem 0;border:0;font-weight:400}
.keys .changed td{font-weight:650}
.keys small{display:inline;margin-left:.3em;color:inherit}
`;
