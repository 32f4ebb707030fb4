/** What the page is before its first view; the script fills it. */
export const BODY = `<h1>flinktide <span id="environment"></span></h1>
<p id="conductor" class="soft"></p>
<p id="connection" class="banner" role="alert" hidden></p>
<noscript><p class="banner">This page needs JavaScript. Without it: npm run conductor -- status</p></noscript>
<div id="news" class="news" role="log" aria-label="News" aria-live="polite"></div>
<h2>Tenants</h2>
<div class="choose" role="search" aria-label="Tenants">
<label>Filter by name <input id="filter" type="search" autocomplete="off" spellcheck="false"></label>
<label class="check"><input id="troubled" type="checkbox"> Only those that need a look</label>
<span id="shown" role="status" class="soft"></span>
</div>
<ul id="tenants" class="tenants"></ul>
<dialog id="hold-dialog" aria-labelledby="hold-title">
<form id="hold-form">
<h2 id="hold-title">Hold</h2>
<p class="soft">The tenant keeps this size whatever its windows and its load say, until the time given or until it is resumed.</p>
<label>TaskManagers <input id="hold-count" type="number" min="1" step="1" required></label>
<label>Until, by this computer's clock <input id="hold-until" type="datetime-local" required></label>
<p id="hold-fault" class="fault" role="alert"></p>
<div class="orders"><button type="submit" class="main">Hold</button><button type="button" data-cancel>Cancel</button></div>
</form>
</dialog>
<dialog id="token-dialog" aria-labelledby="token-title">
<form method="dialog">
<h2 id="token-title">Token needed</h2>
<p class="soft">To change something, show the token from the file that the conductor names when it starts. This tab keeps it until it is closed.</p>
<label>Token <input id="token" type="password" autocomplete="off" spellcheck="false" required></label>
<p id="token-fault" class="fault" role="alert"></p>
<div class="orders"><button value="use" class="main">Use it</button><button type="button" data-cancel>Cancel</button></div>
</form>
</dialog>`;
