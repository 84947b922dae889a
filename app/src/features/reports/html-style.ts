/** The style sheet of HTML reports: both colour schemes on screen, ink-saving on paper. */
export const HTML_REPORT_STYLE = `
:root{color-scheme:light dark;--ink:#17202e;--muted:#566274;--line:#d9dfe8;--paper:#fff;--soft:#f4f6fa;--accent:#2456c8;--critical:#a3123a;--high:#b4470c;--medium:#8a6100;--low:#2f6b46;--none:#2f6b46}
@media (prefers-color-scheme:dark){:root{--ink:#e8ecf3;--muted:#a5b0c2;--line:#34405a;--paper:#121826;--soft:#1b2334;--accent:#8fb1ff;--critical:#ff8fa9;--high:#ffab7a;--medium:#f2c94f;--low:#86d3a3;--none:#86d3a3}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem clamp(1rem,4vw,3rem) 4rem;max-width:72rem;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1{margin:.2rem 0;font-size:2.2rem;line-height:1.15;letter-spacing:-.02em}
h2{margin:3rem 0 1rem;padding-bottom:.35rem;border-bottom:2px solid var(--line);font-size:1.4rem;letter-spacing:-.01em}
h3{margin:1.8rem 0 .4rem;font-size:1.05rem}
p{margin:.4rem 0;max-width:72ch}
.kicker{color:var(--accent);font-weight:600;font-size:.85rem}
.name{font-size:1.2rem;color:var(--muted)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(14rem,1fr));gap:.8rem 2rem;margin:1.5rem 0 0;padding:1rem 1.2rem;background:var(--soft);border-radius:.6rem}
.facts dt{font-size:.8rem;color:var(--muted)}
.facts dd{margin:0;overflow-wrap:anywhere}
.lead{display:grid;grid-template-columns:auto 1fr;gap:2rem;align-items:center}
.gauge{position:relative;min-width:11rem;padding:1rem 1.4rem 1.5rem;border-radius:.8rem;background:var(--soft);text-align:center;--band:var(--low)}
.gauge.critical{--band:var(--critical)}.gauge.high{--band:var(--high)}.gauge.medium{--band:var(--medium)}
.gauge strong{font-size:3.2rem;line-height:1;color:var(--band);font-variant-numeric:tabular-nums}
.gauge span{color:var(--muted)}
.gauge em{display:block;font-style:normal;font-weight:600;color:var(--band)}
.gauge i{position:absolute;left:1rem;right:1rem;bottom:.7rem;height:.4rem;border-radius:1rem;background:linear-gradient(to right,var(--band) var(--score),var(--line) var(--score))}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:2rem;margin-top:1.5rem}
figure{margin:0}figcaption{font-weight:600;margin-bottom:.5rem}
.bars{margin:0}.bars>div{display:grid;grid-template-columns:9.5rem 1fr;gap:.8rem;align-items:center;padding:.2rem 0}
.bars dd{margin:0;display:flex;gap:.6rem;align-items:center}
.bars b{font-variant-numeric:tabular-nums;font-weight:600}
.bar{flex:1;height:.8rem;border-radius:.2rem;background:linear-gradient(to right,var(--tone,var(--accent)) var(--share),var(--soft) var(--share))}
.bar.critical{--tone:var(--critical)}.bar.high{--tone:var(--high)}.bar.medium{--tone:var(--medium)}.bar.low{--tone:var(--low)}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:.92rem}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th{text-align:left;color:var(--muted);font-weight:600;font-size:.82rem;border-bottom:1px solid var(--ink);padding:.4rem .6rem;white-space:nowrap}
td{border-bottom:1px solid var(--line);padding:.5rem .6rem;vertical-align:top;overflow-wrap:anywhere;min-width:4.5rem}
td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
code{font:.88em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
small{color:var(--muted)}
.badge{display:inline-block;padding:.05rem .55rem;border:1px solid currentColor;border-radius:1rem;font-size:.8rem;font-weight:600;white-space:nowrap}
.badge.critical{color:var(--critical)}.badge.high{color:var(--high)}.badge.medium{color:var(--medium)}.badge.low{color:var(--low)}
@media (max-width:40rem){.lead{grid-template-columns:1fr}}
@media print{:root{color-scheme:light;--ink:#000;--muted:#444;--line:#bbb;--paper:#fff;--soft:#f2f2f2;--accent:#2456c8;--critical:#a3123a;--high:#b4470c;--medium:#8a6100;--low:#2f6b46;--none:#2f6b46}
body{max-width:none;padding:0;font-size:10pt}section{break-before:auto}h2,h3{break-after:avoid}tr,figure,.lead{break-inside:avoid}thead{display:table-header-group}.scroll{overflow:visible}.bar,.gauge i{print-color-adjust:exact;-webkit-print-color-adjust:exact}#annex{break-before:page}@page{margin:18mm 15mm}}
`;
