//! The seven steps of the walkthrough: their order, names and addresses.

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Which tenant is meant, and who takes part.
    ChooseTenant,
    /// The request that will be sent.
    AskForCode,
    /// What happens at Entra.
    SignIn,
    /// The answer, and whether it may be believed.
    CheckAnswer,
    /// Code and verifier for tokens.
    TradeCode,
    /// What the tokens say.
    ReadTokens,
    /// What the API makes of it.
    CallApi,
}

impl Step {
    /// All steps in order.
    pub const ALL: [Step; 7] = [
        Step::ChooseTenant,
        Step::AskForCode,
        Step::SignIn,
        Step::CheckAnswer,
        Step::TradeCode,
        Step::ReadTokens,
        Step::CallApi,
    ];

    /// The name.
    pub fn title(self) -> &'static str {
        match self {
            Step::ChooseTenant => "Choose a tenant",
            Step::AskForCode => "Ask for a code",
            Step::SignIn => "Sign in and consent",
            Step::CheckAnswer => "Check what came back",
            Step::TradeCode => "Trade the code",
            Step::ReadTokens => "Read the tokens",
            Step::CallApi => "Call the API",
        }
    }

    /// The address.
    pub fn path(self) -> &'static str {
        match self {
            Step::ChooseTenant => "/",
            Step::AskForCode => "/steps/ask-for-code",
            Step::SignIn => "/steps/sign-in",
            Step::CheckAnswer => "/steps/check-the-answer",
            Step::TradeCode => "/steps/trade-the-code",
            Step::ReadTokens => "/steps/read-the-tokens",
            Step::CallApi => "/steps/call-the-api",
        }
    }

    /// The step at an address.
    pub fn at(path: &str) -> Option<Step> {
        let path = if path.len() > 1 {
            path.trim_end_matches('/')
        } else {
            path
        };
        Step::ALL.into_iter().find(|step| step.path() == path)
    }

    /// 1 to 7.
    pub fn number(self) -> usize {
        self as usize + 1
    }

    /// The step after this one.
    pub fn next(self) -> Option<Step> {
        Step::ALL.get(self.number()).copied()
    }

    /// The step before this one.
    pub fn previous(self) -> Option<Step> {
        Step::ALL.get((self as usize).checked_sub(1)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_its_own_address_and_is_found_there() {
        for step in Step::ALL {
            assert_eq!(Step::at(step.path()), Some(step));
        }
        assert_eq!(Step::at("/steps/ask-for-code/"), Some(Step::AskForCode));
        assert_eq!(Step::at("/steps/no-such-step"), None);
        assert_eq!(Step::at(""), None);
    }

    #[test]
    fn the_steps_form_one_row() {
        assert_eq!(Step::ChooseTenant.previous(), None);
        assert_eq!(Step::CallApi.next(), None);
        for step in Step::ALL {
            if let Some(next) = step.next() {
                assert_eq!(
                    (next.previous(), next.number()),
                    (Some(step), step.number() + 1)
                );
            }
        }
    }
}
