/* Small helps, no eval, no inline style. Every page works without this file. */
document.addEventListener('keydown', function (e) {
  var t = e.target, typing = /^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName) || t.isContentEditable;
  if (e.key === '/' && !typing && !e.ctrlKey && !e.metaKey && !e.altKey && !document.body.hasAttribute('data-no-slash')) {
    var g = document.getElementById('gs');
    if (g && g.offsetParent) { e.preventDefault(); g.focus(); }
  }
  if (e.key === 'Escape') {
    document.querySelectorAll('details.pop[open]').forEach(function (d) { d.open = false; d.firstElementChild.focus(); });
  }
});
document.addEventListener('click', function (e) {
  document.querySelectorAll('details.pop[open]').forEach(function (d) { if (!d.contains(e.target)) { d.open = false; } });
  var b = e.target.closest('[data-toggle-pw]');
  if (b) {
    var f = document.getElementById(b.dataset.togglePw), on = f.type === 'password';
    f.type = on ? 'text' : 'password';
    b.setAttribute('aria-pressed', String(on));
    b.lastChild.textContent = on ? b.dataset.hide : b.dataset.show;
  }
  if (e.target.closest('[data-print]')) { window.print(); }
  if (e.target.closest('[data-retry]') && window.lastAsked) { lost(false); htmx.ajax('GET', window.lastAsked.path, window.lastAsked.context); }
});
function lost(on) { var n = document.getElementById('mat-ket-noi'); if (n) { n.hidden = !on; } }
document.addEventListener('htmx:beforeRequest', function (e) {
  if (e.detail.target) { e.detail.target.setAttribute('aria-busy', 'true'); }
});
document.addEventListener('htmx:afterRequest', function (e) {
  if (e.detail.target) { e.detail.target.removeAttribute('aria-busy'); }
  if (e.detail.successful) { lost(false); }
});
['htmx:sendError', 'htmx:responseError', 'htmx:timeout'].forEach(function (name) {
  document.addEventListener(name, function (e) {
    var d = e.detail;
    if (d.target && d.target.hidden) { return; }
    var p = d.pathInfo ? d.pathInfo.finalRequestPath : (d.requestConfig && d.requestConfig.path);
    window.lastAsked = { path: p, context: { target: d.target, swap: 'outerHTML' } };
    lost(true);
  });
});
// What only works with scripts is hidden until they run; a part that was swapped in brings it hidden again.
function unhide() {
  document.querySelectorAll('[data-print],[data-toggle-pw]').forEach(function (b) { b.hidden = false; });
}
document.addEventListener('htmx:afterSettle', function (e) {
  unhide();
  if (document.activeElement === document.body || document.activeElement === null) {
    var again = document.getElementById(e.detail.target.id);
    var first = again && again.querySelector('[data-focus]');
    if (first) { first.focus(); } else if (again) { again.focus({ preventScroll: true }); }
  }
});
document.addEventListener('DOMContentLoaded', function () {
  // A panel that refreshes itself leaves rules as the reader opened or closed them.
  if (window.Idiomorph) {
    Idiomorph.defaults.callbacks.beforeAttributeUpdated = function (name, node) { return !(name === 'open' && node.tagName === 'DETAILS'); };
  }
  unhide();
  var s = document.querySelector('[data-focus]');
  if (s) { s.focus(); }
});
