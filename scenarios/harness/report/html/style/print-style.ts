/** Paper. */
export const printStyle = `
@media print{
  @page{margin:12mm}
  html{color-scheme:light}
  body{font-size:10pt;background:#fff}
  nav,.readout,.skip,.skip-link,#after-timeline,#record{display:none!important}
  main{max-width:none;padding:0}
  section{margin-top:1.2rem;padding-top:.8rem}
  .snapshots{grid-template-columns:repeat(3,1fr)}
  .wide{overflow:visible}
  .keys{break-inside:avoid}
  #timeline{break-before:page}
  .scroll{overflow:visible!important;break-inside:avoid;zoom:.7}
  .chart{min-width:0!important}
  .names{position:static}
  .prediction{grid-template-columns:1fr;gap:.15rem}
  .figures th:first-child{width:30%}
  .measured th:nth-child(2),.moments th:nth-child(2),.moments th:nth-child(3),.moments th:last-child{width:5.2rem}
  .dense .fault-name{display:none}
  .machine,tr,.plot,figure{break-inside:avoid}
  h2,h3{break-after:avoid}
  *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
