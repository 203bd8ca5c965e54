/** Telephones: tables become lists. */
export const narrowStyle = `
@media (max-width:640px){
  main{padding:1rem 1rem 3rem}
  nav ul{padding:.6rem 1rem}
  header{padding-left:.8rem}
  .findings li{grid-template-columns:1fr;gap:.15rem}
  .prediction{grid-template-columns:1fr;gap:.2rem}
  .wide td,.wide th{padding-right:.75rem}
  .figures,.figures tbody,.decisions,.decisions tbody{display:block}
  .figures thead,.decisions thead{position:absolute;left:-9999px}
  .figures tr{display:grid;grid-template-columns:1fr auto auto;border-bottom:1px solid var(--line);padding:.4rem 0}
  .figures caption{display:block}
  .figures th,.figures td,.decisions td{border:0;padding:.1rem 0 .1rem .6rem}
  .figures th:first-child{width:auto;padding-left:0}
  .figures td:nth-child(n+4),.measured td:nth-child(3){grid-column:1/-1;padding-left:0}
  .moments td:last-child::before{content:"run’s clock "}
  .moments td:last-child{font-size:.8125rem}
  .figures td:empty{display:none}
  .decisions tr{
    display:grid;grid-template-columns:auto 1fr auto;border-bottom:1px solid var(--line);padding:.4rem 0
  }
  .decisions td:nth-child(1){padding-left:0}
  .decisions td:nth-child(3){
    grid-column:1/-1;grid-row:2;padding-left:0;min-width:0;color:var(--muted);font-size:.875rem
  }
  .decisions td:nth-child(2){min-width:0}
  .stacked,.stacked tbody{display:block}
  .stacked thead{position:absolute;left:-9999px}
  .stacked tr{display:flex;flex-wrap:wrap;gap:0 .9rem;border-bottom:1px solid var(--line);padding:.4rem 0}
  .stacked th,.stacked td{border:0;padding:.1rem 0}
  .stacked th{flex:0 0 100%}
  .stacked td{font-size:.875rem;color:var(--muted)}
  .faulted td:nth-child(3)::before{content:"from "}
  .faulted td:nth-child(4)::before{content:"to "}
  .faulted td:nth-child(5)::before{content:"lasted "}
  .asked td:nth-child(2)::before{content:"asked "}
  .asked td:nth-child(3)::before{content:"failed "}
  .asked td:nth-child(4)::before{content:"median "}
  .asked td:nth-child(5)::before{content:"99th per cent "}
  .asked td:nth-child(6)::before{content:"worst "}
  .asked td:nth-child(7)::before{content:"longest outage "}
}
`;
