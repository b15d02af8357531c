//! Every error that Entra's documents and recordings know at its endpoints, and the test that provokes it here, or why
//! nothing can. What this tenant answers with beyond that has its test in the table as well.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use Evidence::{Nothing, Test};

/// What the authorization endpoint can answer instead of a code. A case begins with its number, if it has one.
const AUTHORIZE: &[&str] = &[
    "the user cancels where an administrator is needed",
    "65004 the user declines consent",
    "50058 prompt=none and nobody is signed in",
    "65001 prompt=none and consent is missing",
    "16000 prompt=none and several accounts",
    "50076 multi-factor authentication is needed",
    "50079 multi-factor authentication must be set up",
    "9002325 a single-page app without PKCE",
    "700054 id_token is not enabled",
    "650053 the scope does not exist",
    "50105 the user is not assigned",
    "50194 a single-tenant app by /common",
    "90094 an administrator must consent",
    "50011 the redirect URI is not registered",
    "900971 no redirect URI",
    "700016 the client is unknown",
];

/// What the token endpoint can answer instead of tokens.
#[rustfmt::skip]
const TOKEN: &[&str] = &[
    "9002326", "9002327", "9002325", "54005", "70000", "9002313", "501481", "50148", "50011", "500112", "70008",
    "700082", "700081", "700084", "50173", "700016", "7000215", "7000222", "7000218", "7000216", "700025", "700027",
    "700024", "70021", "7000229", "65001", "65004", "70011", "1002012", "500011", "501051", "50105", "90002", "28000",
    "28002", "28003", "90009", "900144", "900561", "70003", "700005", "9001023", "90010", "50194", "50196", "50076",
    "50079", "53003", "50126", "50034", "50057", "70016", "90094", "90095", "65005", "650052", "650053", "650056",
    "650057",
];

enum Evidence {
    /// The file below `src` and the test in it.
    Test(&'static str, &'static str),
    /// Why nothing can provoke it.
    Nothing(&'static str),
}

const AUTHORIZE_TESTS: &str = "authorize/tests/mod.rs";
const FROM_HERE: &str = "authorize/tests/from_here.rs";
const SIGN_IN: &str = "sign_in/tests.rs";
const TOKEN_TESTS: &str = "token/tests.rs";
const CLIENT_AUTH: &str = "token/client_auth/tests.rs";
const CLIENT_CREDENTIALS: &str = "token/client_credentials/tests.rs";
const ON_BEHALF_OF: &str = "token/on_behalf_of/tests.rs";
const PASSWORD: &str = "token/password/tests.rs";
const DEVICE: &str = "device/tests.rs";

const ON_A_PAGE: Evidence = Test(
    AUTHORIZE_TESTS,
    "what_makes_the_redirect_untrustworthy_is_shown_on_a_page",
);
const IN_A_REDIRECT: Evidence = Test(
    AUTHORIZE_TESTS,
    "any_other_refusal_goes_to_the_client_with_its_state",
);
const NO_SECOND_FACTOR: Evidence =
    Nothing("there is no second factor and no policy that asks for one");

/// One line for each case and each number, in the order of the numbers.
#[rustfmt::skip]
const EVIDENCE: &[(&str, Evidence)] = &[
    ("the user cancels where an administrator is needed", Test(SIGN_IN, "what_only_an_administrator_may_grant_needs_one")),
    ("16000 prompt=none and several accounts", Test(AUTHORIZE_TESTS, "of_several_accounts_the_session_tells_which_is_meant")),
    ("28000", Test(TOKEN_TESTS, "one_token_is_for_one_resource_and_the_refresh_token_for_all")),
    ("28002", Test(TOKEN_TESTS, "a_redemption_that_asks_for_nonsense_is_told_so_and_the_code_stays_good")),
    ("28003", Test(TOKEN_TESTS, "a_redemption_that_asks_for_nonsense_is_told_so_and_the_code_stays_good")),
    ("50011 the redirect URI is not registered", ON_A_PAGE),
    ("50013", Test(ON_BEHALF_OF, "only_a_users_access_token_for_this_very_api_is_traded_while_it_lasts")),
    ("50027", Test(CLIENT_AUTH, "an_assertion_that_proves_nothing_is_told_why")),
    ("50034", Test(PASSWORD, "a_wrong_name_a_wrong_password_and_a_disabled_account_are_told_apart")),
    ("50049", Test("discovery/instance.rs", "an_unknown_authority_is_told_so")),
    ("50057", Test(PASSWORD, "a_wrong_name_a_wrong_password_and_a_disabled_account_are_told_apart")),
    ("50058 prompt=none and nobody is signed in", IN_A_REDIRECT),
    ("50076 multi-factor authentication is needed", NO_SECOND_FACTOR),
    ("50079 multi-factor authentication must be set up", NO_SECOND_FACTOR),
    ("50105 the user is not assigned", Test(AUTHORIZE_TESTS, "an_app_that_wants_assignment_lets_in_only_whom_it_knows")),
    ("50126", Test(PASSWORD, "a_wrong_name_a_wrong_password_and_a_disabled_account_are_told_apart")),
    ("50148", Nothing("the older number of what 501481 says")),
    ("50149", IN_A_REDIRECT),
    ("50166", Test(CLIENT_AUTH, "nobody_outside_this_machine_is_asked_for_keys")),
    ("50173", Test(TOKEN_TESTS, "a_new_password_ends_sessions_and_refresh_tokens_but_not_a_web_apps")),
    ("50194 a single-tenant app by /common", ON_A_PAGE),
    ("50196", Nothing("nobody counts a client's requests: a test may ask as fast as it can")),
    ("53003", Nothing("there is no Conditional Access")),
    ("54005", Test(TOKEN_TESTS, "a_replayed_code_is_refused_and_what_it_bought_stays_valid")),
    ("65001 prompt=none and consent is missing", Test(SIGN_IN, "declining_is_told_to_the_client_and_remembered_by_nobody")),
    ("65001", Test(TOKEN_TESTS, "consent_that_was_taken_back_stops_the_refresh")),
    ("65004 the user declines consent", Test(SIGN_IN, "declining_is_told_to_the_client_and_remembered_by_nobody")),
    ("65005", Nothing("an older number of what 650057 says")),
    ("70000", Test(TOKEN_TESTS, "a_code_belongs_to_its_client_its_redirect_uri_and_its_verifier")),
    ("70003", Test(TOKEN_TESTS, "what_is_missing_unknown_or_doubled_is_named")),
    ("70005", IN_A_REDIRECT),
    ("70007", IN_A_REDIRECT),
    ("70008", Test(TOKEN_TESTS, "a_code_expires_after_ten_minutes")),
    ("70011", IN_A_REDIRECT),
    ("70016", Test(DEVICE, "a_device_gets_its_tokens_once_a_person_has_typed_the_code_and_consented")),
    ("70018", Test(DEVICE, "an_unknown_device_code_and_one_of_another_client_are_the_same")),
    ("70020", Test(DEVICE, "a_code_nobody_typed_in_time_has_expired_for_both_sides")),
    ("70021", Test(CLIENT_AUTH, "issuer_subject_and_audience_must_be_the_registered_ones_to_the_letter")),
    ("90002", ON_A_PAGE),
    ("90009", Test(TOKEN_TESTS, "a_refresh_that_names_no_resource_is_taken_for_the_client_itself")),
    ("90010", Nothing("the other number of what 9001023 says")),
    ("90015", ON_A_PAGE),
    ("90023", IN_A_REDIRECT),
    ("90094 an administrator must consent", Test(SIGN_IN, "what_only_an_administrator_may_grant_needs_one")),
    ("90095", Nothing("nobody can ask an administrator through the tenant: there is no request workflow")),
    ("500011", IN_A_REDIRECT),
    ("500112", Test(TOKEN_TESTS, "a_code_belongs_to_its_client_its_redirect_uri_and_its_verifier")),
    ("500131", Test(ON_BEHALF_OF, "only_a_users_access_token_for_this_very_api_is_traded_while_it_lasts")),
    ("500133", Test(ON_BEHALF_OF, "only_a_users_access_token_for_this_very_api_is_traded_while_it_lasts")),
    ("501051", Test(CLIENT_CREDENTIALS, "a_resource_that_requires_assignment_refuses_who_has_none")),
    ("501481", Test(TOKEN_TESTS, "a_code_belongs_to_its_client_its_redirect_uri_and_its_verifier")),
    ("501491", IN_A_REDIRECT),
    ("650052", Test(AUTHORIZE_TESTS, "a_resource_must_be_a_member_of_the_tenant")),
    ("650053 the scope does not exist", IN_A_REDIRECT),
    ("650056", Nothing("an older number of what 650057 says")),
    ("650057", Test("authorize/tests/version_one.rs", "an_unknown_and_an_unlisted_resource_are_told_apart")),
    ("700005", Nothing("there is one tenant, and no other to carry a code to")),
    ("700016 the client is unknown", ON_A_PAGE),
    ("700021", Test(CLIENT_AUTH, "an_assertion_that_proves_nothing_is_told_why")),
    ("700023", Test(CLIENT_AUTH, "this_tenant_has_many_names_and_no_other")),
    ("700024", Test(CLIENT_AUTH, "an_assertion_may_be_shown_again_until_it_expires")),
    ("700025", Test(TOKEN_TESTS, "who_may_redeem_depends_on_the_platform_of_the_redirect_uri")),
    ("700027", Test(CLIENT_AUTH, "an_assertion_that_proves_nothing_is_told_why")),
    ("700038", ON_A_PAGE),
    ("700051", Test(FROM_HERE, "each_switch_of_the_registration_allows_its_own_token")),
    ("700054 id_token is not enabled", Test(FROM_HERE, "each_switch_of_the_registration_allows_its_own_token")),
    ("700081", Nothing("no refresh token has a last day but a single-page app's, which 700084 is about")),
    ("700082", Test(TOKEN_TESTS, "a_desktop_apps_refresh_token_lives_ninety_days_from_its_last_use")),
    ("700084", Test(TOKEN_TESTS, "a_spas_refresh_tokens_all_end_a_day_after_the_sign_in")),
    ("900144", Test(TOKEN_TESTS, "what_is_missing_unknown_or_doubled_is_named")),
    ("900561", Test(TOKEN_TESTS, "other_bodies_methods_and_tenants_are_refused")),
    ("900971 no redirect URI", ON_A_PAGE),
    ("1002012", Test(CLIENT_CREDENTIALS, "a_scope_is_one_resource_with_default_and_words_of_openid_beside_it_do_no_harm")),
    ("5002723", Test(CLIENT_AUTH, "an_assertion_that_proves_nothing_is_told_why")),
    ("5002738", Test(CLIENT_AUTH, "an_assertion_that_proves_nothing_is_told_why")),
    ("7000112", Test(CLIENT_AUTH, "a_client_that_an_administrator_has_disabled_gets_nothing")),
    ("7000114", Test(ON_BEHALF_OF, "only_a_users_access_token_for_this_very_api_is_traded_while_it_lasts")),
    ("7000215", Test(TOKEN_TESTS, "a_web_app_proves_itself_in_the_body_or_with_basic")),
    ("7000216", Test(CLIENT_CREDENTIALS, "who_does_not_prove_itself_gets_nothing")),
    ("7000218", Test(TOKEN_TESTS, "a_web_app_proves_itself_in_the_body_or_with_basic")),
    ("7000222", Test(CLIENT_AUTH, "a_secret_is_good_from_its_start_to_its_end")),
    ("7000229", Test(CLIENT_CREDENTIALS, "both_sides_need_a_service_principal_in_this_tenant")),
    ("9000411", ON_A_PAGE),
    ("9001023", Test(CLIENT_CREDENTIALS, "a_tenant_must_be_named")),
    ("9002313", Test(TOKEN_TESTS, "a_code_belongs_to_its_client_its_redirect_uri_and_its_verifier")),
    ("9002325 a single-page app without PKCE", IN_A_REDIRECT),
    ("9002326", Test(TOKEN_TESTS, "who_may_redeem_depends_on_the_platform_of_the_redirect_uri")),
    ("9002327", Test(TOKEN_TESTS, "who_may_redeem_depends_on_the_platform_of_the_redirect_uri")),
];

/// The number a case begins with.
fn number(case: &str) -> Option<u32> {
    case.split(' ').next()?.parse().ok()
}

fn source(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every number the tenant answers with, read from the catalogue itself.
fn answered() -> BTreeSet<u32> {
    source("aadsts.rs")
        .split('(')
        .filter_map(|text| text.trim_start().split_once(','))
        .filter(|(_, rest)| rest.trim_start().starts_with('"'))
        .filter_map(|(number, _)| number.replace('_', "").parse().ok())
        .collect()
}

/// The text of a test, up to the next one.
fn test_body(file: &str, name: &str) -> Option<String> {
    let source = source(file);
    let tests = source
        .split("#[test]")
        .flat_map(|part| part.split("#[tokio::test]"))
        .skip(1);
    let mut found = tests.filter(|part| part.contains(&format!("fn {name}()")));
    found.next().map(str::to_owned)
}

#[test]
fn every_known_error_has_a_test_or_a_reason() {
    let lines = || EVIDENCE.iter().map(|(case, _)| *case);
    let cases = AUTHORIZE
        .iter()
        .filter(|case| !lines().any(|line| line == **case));
    let numbers = TOKEN
        .iter()
        .filter(|case| !lines().any(|line| number(line) == number(case)));
    let missing: Vec<_> = cases.chain(numbers).collect();
    assert!(missing.is_empty(), "no line for {missing:?}");
}

#[test]
fn every_error_this_tenant_answers_with_has_a_test() {
    let tested: BTreeSet<_> = EVIDENCE
        .iter()
        .filter(|(_, evidence)| matches!(evidence, Test(..)))
        .filter_map(|(case, _)| number(case))
        .collect();
    let untested: Vec<_> = answered().difference(&tested).copied().collect();
    assert!(untested.is_empty(), "no test for {untested:?}");
}

#[test]
fn every_named_test_exists_and_speaks_of_its_error() {
    for (case, evidence) in EVIDENCE {
        let Test(file, name) = evidence else { continue };
        let body = test_body(file, name).unwrap_or_else(|| panic!("{file}: no test {name}"));
        let body = body.replace('_', "");
        let speaks = number(case).is_none_or(|number| body.contains(&number.to_string()));
        assert!(speaks, "{file}: {name} says nothing of {case}");
    }
}

#[test]
fn what_nothing_can_provoke_is_in_no_answer() {
    let answered = answered();
    for (case, evidence) in EVIDENCE {
        let Nothing(reason) = evidence else { continue };
        let number = number(case).expect("a reason is for a number");
        assert!(!answered.contains(&number), "{case} is answered: {reason}");
    }
}
