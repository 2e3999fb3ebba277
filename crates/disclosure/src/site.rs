use policy::Recipient;
use policy::operators::{self, Operator};
use policy::regions::{self, Region};

use crate::Edition;

/// Whose server it is, and how it stands: what the page says beside the rows.
#[derive(Clone, Debug)]
pub struct Site<'a> {
    /// Who runs it (REGI-DPO, RECP-GROUP, D-54).
    pub operator: &'a Operator,
    /// A newcomer's try.
    pub demo: bool,
    /// Browsers reach it by https (SECR-TRANSIT); otherwise it answers on loopback alone.
    pub encrypted_line: bool,
    /// Outside services that it is set up to use (RECP-SP-LIST).
    pub used: Vec<Recipient>,
    /// Ages, and which text prevails where (AGE-16, LANG-LAW).
    pub regions: &'a [Region],
    /// Every version of the policy, the newest last and never none (NOTI-DATE).
    pub editions: Vec<Edition>,
}

impl Site<'static> {
    /// The demo's.
    pub fn demo() -> Self {
        Self {
            operator: operators::demo(),
            demo: true,
            encrypted_line: false,
            used: Vec::new(),
            regions: regions::all(),
            editions: Edition::all(),
        }
    }
}

impl Site<'_> {
    /// The newest version: the one of today's rows.
    pub fn edition(&self) -> &Edition {
        self.editions.last().expect("a policy has a version: the build refuses one without")
    }
}
