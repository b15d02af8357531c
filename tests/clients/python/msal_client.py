"""MSAL for Python, unmodified, going through one grant.

Reads what to do as one line of JSON, says what it wants or got as lines of JSON, and reads the answers the same way.
"""

import json
import sys
import webbrowser

import msal
from cryptography import x509
from cryptography.hazmat.primitives import hashes


def say(**event):
    print(json.dumps(event), flush=True)


def hear():
    return json.loads(sys.stdin.readline())


def accounts(app):
    return [account["username"] for account in app.get_accounts()]


def application(task):
    """A public client, or a confidential one when there is something to prove it with."""
    credential = task.get("clientSecret")
    if "certificate" in task:
        with open(task["certificate"], encoding="ascii") as file:
            pem = file.read()
        credential = {"private_key": pem, "public_certificate": pem}
        if task.get("sha1"):
            # The older form: RS256 with `x5t`.
            thumbprint = x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA1()).hex()
            credential = {"private_key": pem, "thumbprint": thumbprint}
    settings = {"authority": task["authority"], "instance_discovery": task.get("instanceDiscovery", False)}
    if credential is None:
        return msal.PublicClientApplication(task["clientId"], **settings)
    return msal.ConfidentialClientApplication(task["clientId"], client_credential=credential, **settings)


def auth_code(app, task):
    flow = app.initiate_auth_code_flow(task["scopes"], redirect_uri=task["redirectUri"])
    say(visit=flow["auth_uri"])
    return app.acquire_token_by_auth_code_flow(flow, hear()["callback"])


class Reader(webbrowser.BaseBrowser):
    """The browser is whoever reads our lines."""

    def open(self, url, new=0, autoraise=True):
        say(visit=url, listens=True)
        return True


def interactive(app, task):
    # The library listens on a port of its own and starts the person's browser.
    webbrowser.register("reader", None, Reader(), preferred=True)
    return app.acquire_token_interactive(task["scopes"])


def device_code(app, task):
    flow = app.initiate_device_flow(scopes=task["scopes"])
    if "user_code" not in flow:
        return flow
    # Asks once before anybody has signed in, to see "not yet", and then as its documentation has it.
    flow["expires_at"], end = 0, flow["expires_at"]
    early = app.acquire_token_by_device_flow(flow)
    flow["expires_at"] = end
    device = {"address": flow["verification_uri"], "code": flow["user_code"], "message": flow["message"]}
    say(device=device, early=early.get("error"))
    hear()
    return app.acquire_token_by_device_flow(flow)


def client_credentials(app, task):
    return app.acquire_token_for_client(scopes=task["scopes"])


def on_behalf_of(app, task):
    return app.acquire_token_on_behalf_of(task["assertion"], scopes=task["scopes"])


def silent(app, task):
    """A new access token by the refresh token that the library keeps."""
    [account] = app.get_accounts()
    return app.acquire_token_silent_with_error(task["scopes"], account=account, force_refresh=True) or {}


GRANTS = {
    "auth_code": auth_code,
    "interactive": interactive,
    "device_code": device_code,
    "client_credentials": client_credentials,
    "on_behalf_of": on_behalf_of,
    "silent": silent,
}


def main():
    task = hear()
    app = application(task)
    for grant in task["grants"]:
        say(result=GRANTS[grant](app, task), accounts=accounts(app))


main()
