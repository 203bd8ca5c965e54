/** What holds everywhere on the page: type, headings, links, navigation. */
export const baseStyle = `
*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%;scroll-padding-top:3rem}
body{
  margin:0;background:var(--paper);color:var(--text);
  font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif
}
main{max-width:1240px;margin:0 auto;padding:1.5rem 1.5rem 4rem}
h1{
  font-size:clamp(1.25rem,1rem + 1.2vw,1.75rem);line-height:1.35;font-weight:600;margin:.35rem 0 .6rem;
  text-wrap:pretty
}
h2{font-size:1.25rem;font-weight:600;margin:0 0 .75rem}
h3{font-size:1rem;font-weight:600;margin:1.25rem 0 .5rem}
h4{font-size:.875rem;font-weight:600;margin:0 0 .35rem}
section{margin-top:2.75rem;padding-top:1.5rem;border-top:1px solid var(--line)}
p{margin:.4rem 0}
a{color:var(--link)}
code,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.875em;overflow-wrap:anywhere}
small{display:block;font-size:.8125rem;color:var(--muted);font-weight:400;line-height:1.4}
.muted{color:var(--muted);font-weight:400}
.nowrap{white-space:nowrap}
.prose{max-width:75ch}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.skip-link,.skip{position:absolute;left:-9999px}
.skip-link:focus,.skip:focus-within{position:static;display:block;padding:.5rem 1.5rem}
nav{position:sticky;top:0;z-index:5;background:var(--paper);border-bottom:1px solid var(--line)}
nav ul{
  display:flex;gap:1.25rem;max-width:1240px;margin:0 auto;padding:.6rem 1.5rem;list-style:none;overflow-x:auto;
  white-space:nowrap;font-size:.875rem
}
nav a{text-decoration:none;color:var(--muted)}
nav a:hover,nav a:focus{color:var(--text);text-decoration:underline}
details>summary{cursor:pointer;color:var(--link);width:fit-content}
`;
