//! What the policy says about one kind of data.

use crate::rights::{Access, Correct, Erase, Object, Port, Restrict};
use crate::{Basis, Period, Place, Recipient, Subject};

/// One row of `policy/policy.toml`.
#[derive(Clone, Copy, Debug)]
pub struct RowInfo {
    /// Its name in code and files, such as `chat_message`.
    pub id: &'static str,
    /// Its number in sealed boxes. Never changes and is never given twice (`policy/row-numbers.txt`).
    pub number: u16,
    /// The privacy policy asks for it, or we do.
    pub source: Source,
    /// No code stores it yet.
    pub planned: bool,
    /// It says something about a person. Rows that do not are keys and plain counters.
    pub personal: bool,
    /// What it is called.
    pub name: Words,
    /// What it is, in a sentence.
    pub what: Words,
    /// Whose data it is.
    pub subjects: &'static [Subject],
    /// Data categories of the fides taxonomy, such as `user.contact.phone_number`.
    pub categories: &'static [&'static str],
    /// What it may be opened for (RTLE-PURPOSE).
    pub purposes: &'static [&'static PurposeInfo],
    /// The legal basis, stated to everybody (LEGB-SHOW).
    pub basis: Basis,
    /// The service cannot be used without it.
    pub required: bool,
    /// How long it lives.
    pub period: Period,
    /// Who gets it, beside those who may get any row ([`Recipient::every_row`]).
    pub recipients: &'static [Recipient],
    /// Where it is.
    pub places: &'static [Place],
    /// What each right does to it.
    pub rights: Rights,
    /// The SQL columns that hold it, each as `table.column`.
    pub columns: &'static [&'static str],
    /// Whatever else holds it: files below the data or keys folder, or memory.
    pub files: &'static [&'static str],
    /// The promises it keeps, by their ids in `policy/promises.toml`.
    pub promises: &'static [&'static str],
    /// The decisions that shaped it, by their ids there.
    pub decisions: &'static [&'static str],
}

impl RowInfo {
    /// The policy lists the purpose with this id for the row.
    pub fn allows(&self, purpose: &str) -> bool {
        self.purposes.iter().any(|listed| listed.id == purpose)
    }
}

/// Where a row comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The privacy policy has it.
    Policy,
    /// Ours: what any such server needs, each with the decision that asked for it (D-47).
    Ours,
}

/// What a recipient is to the operator. Nothing is both processor and boundary (D-49).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A person who uses the service.
    Person,
    /// A controller or a company of its group, under this policy.
    Group,
    /// An outside service bound to this policy.
    Processor,
    /// An outside party not bound to it: a notice and an act of the person come first.
    Boundary,
    /// A court or authority.
    Authority,
}

/// A purpose that data may be opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PurposeInfo {
    /// Its name in code and ledgers, such as `provide_chat`.
    pub id: &'static str,
    /// The data use of the fides taxonomy that it is, such as `essential.service`.
    pub data_use: &'static str,
    /// What it is, to follow the word "to".
    pub words: Words,
}

/// A text in the languages the policy is kept in. English prevails (LANG-PREVAIL).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub en: &'static str,
    /// Simplified Chinese; empty where there is none yet.
    pub zh: &'static str,
}

/// A language the policy is read in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English, which prevails; also for everybody whose language is not here.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Words {
    /// The text in a language; in English where it is missing (LANG-TRANS).
    pub const fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::Zh if !self.zh.is_empty() => self.zh,
            _ => self.en,
        }
    }
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// Its tag, as in `lang="en"`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// The language of a tag (`zh-Hant-HK`); English for all others.
    ///
    /// ```
    /// use policy::Language;
    /// assert_eq!(["zh-CN", "ZH", "fr", "zha"].map(Language::of), [Language::Zh, Language::Zh, Language::En, Language::En]);
    /// ```
    pub fn of(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") { Self::Zh } else { Self::En }
    }

    /// The first language of a browser's list (`Accept-Language`) that is known here; weights are the list's order
    /// nearly always.
    ///
    /// ```
    /// use policy::Language;
    /// let lists = ["de,zh;q=0.5", "en-GB,zh;q=0.5", "fr", ""];
    /// assert_eq!(lists.map(Language::accepted), [Language::Zh, Language::En, Language::En, Language::En]);
    /// ```
    pub fn accepted(list: &str) -> Self {
        let mut tags = list.split(',').filter_map(|item| item.split(';').next()).map(str::trim);
        let known = |tag: &&str| Self::of(tag) == Self::Zh || tag.to_ascii_lowercase().starts_with("en");
        tags.find(known).map_or(Self::En, Self::of)
    }
}

/// What each right of a person does to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    /// Seeing it.
    pub access: Access,
    /// Putting it right.
    pub correct: Correct,
    /// Having it erased.
    pub erase: Erase,
    /// Confining it to storage.
    pub restrict: Restrict,
    /// Taking it along.
    pub port: Port,
    /// Objecting to its use.
    pub object: Object,
}
