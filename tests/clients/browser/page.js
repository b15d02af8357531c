// A page that signs in with MSAL for browsers and shows what it got. Who it is, the server tells it.

const said = document.getElementById("said");

function say(result) {
  said.textContent = JSON.stringify(result);
}

function tell({ accessToken, idTokenClaims, account, fromCache }) {
  say({ result: { access_token: accessToken, id_token_claims: idTokenClaims, fromCache }, accounts: [account.username] });
}

function complain({ errorCode, errorMessage, message, subError }) {
  say({ result: { error: errorCode, error_description: errorMessage ?? message, suberror: subError } });
}

function onClick(id, action) {
  document.getElementById(id).addEventListener("click", () => {
    say(null);
    action().then((result) => result && tell(result), complain);
  });
}

async function start() {
  const { clientId, authority, scopes } = await (await fetch("task.json")).json();
  const here = new URL(".", location).href;
  const app = await msal.createStandardPublicClientApplication({
    auth: {
      clientId,
      authority,
      knownAuthorities: [new URL(authority).host],
      redirectUri: new URL("redirect.html", location).href,
    },
  });
  const result = await app.handleRedirectPromise();
  onClick("redirect", () => app.loginRedirect({ scopes }));
  onClick("renew", () => app.acquireTokenSilent({ scopes, account: app.getAllAccounts()[0], forceRefresh: true }));
  onClick("sso", () => app.ssoSilent({ scopes, loginHint: decodeURIComponent(location.hash.slice(1)) }));
  onClick("logout", () => app.logoutRedirect({ account: app.getAllAccounts()[0], postLogoutRedirectUri: here }));
  if (result) tell(result);
  document.body.dataset.ready = "";
}

start().catch(complain);
