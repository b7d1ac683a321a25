//! The policy: one table, role → rights, and how each right travels.

use std::marker::PhantomData;

use uuid::Uuid;

use super::actor::Actor;
use crate::basics::codes::codes;
use crate::tree::{ChapterId, Level};

codes! {
    /// What a person is at a chapter, by a dated decision.
    #[derive(Hash)]
    pub wire enum Role {
        CentralAdministrator = "CENTRAL_ADMINISTRATOR",
        ProvincialAdministrator = "PROVINCIAL_ADMINISTRATOR",
        ChapterChair = "CHAPTER_CHAIR",
        Officer = "OFFICER",
        Accountant = "ACCOUNTANT",
        Inspector = "INSPECTOR",
        /// Keeps cases of family links (tìm kiếm tin tức thân nhân), and holds nothing else.
        TracingOfficer = "TRACING_OFFICER",
        /// Keeps donors of blood and the days they give on, and holds nothing else.
        BloodOfficer = "BLOOD_OFFICER",
        /// Keeps registrations of those who would give organs, tissue or their body, at a province, and holds nothing else.
        OrganOfficer = "ORGAN_OFFICER",
    }
}

codes! {
    /// A right by name.
    #[derive(Hash)]
    pub enum RightName {
        /// See unpublished records of a chapter.
        Read = "READ",
        /// See what inspectors see: audit trail, overdue duties.
        Inspect = "INSPECT",
        /// Give and end roles.
        Appoint = "APPOINT",
        /// Decide as the second person.
        Approve = "APPROVE",
        /// Write money and goods into a chapter's books.
        Record = "RECORD",
        /// Hand money and goods over to people.
        HandOver = "HAND_OVER",
        /// Open, change and close appeals of a chapter.
        RunAppeal = "RUN_APPEAL",
        /// Found chapters below, rename them, decide on their committees; keep a chapter's contact and legal data.
        Organise = "ORGANISE",
        /// Enter and change the persons of a chapter and what they are there: members, volunteers.
        KeepPeople = "KEEP_PEOPLE",
        /// See the persons of a chapter.
        SeePeople = "SEE_PEOPLE",
        /// Write down campaigns, programmes and activities of a chapter, and what was good practice there.
        RunActivities = "RUN_ACTIVITIES",
        /// Enter and go on with cases of family links of a chapter.
        KeepFamilyLinks = "KEEP_FAMILY_LINKS",
        /// See the cases of family links of a chapter.
        SeeFamilyLinks = "SEE_FAMILY_LINKS",
        /// Plan days of giving blood, enter donors and what the blood centre reports of them.
        KeepBlood = "KEEP_BLOOD",
        /// See the donors of a chapter.
        SeeBlood = "SEE_BLOOD",
        /// Write down who would give organs, tissue or their body, and what becomes of it.
        KeepOrgan = "KEEP_ORGAN",
        /// See who would give organs, tissue or their body.
        SeeOrgan = "SEE_ORGAN",
    }
}

/// How a right travels from the chapter of the assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The chapter and everything below it.
    Down,
    /// The chapter itself and the chapters the assignment acts for.
    Here,
    /// The chapter itself only.
    Only,
}

use RightName::{
    Appoint as APPOINT, Approve as APPROVE, HandOver as HAND_OVER, Inspect as INSPECT, KeepBlood as KEEP_BLOOD,
    KeepFamilyLinks as KEEP_FAMILY_LINKS, KeepOrgan as KEEP_ORGAN, KeepPeople as KEEP_PEOPLE, Organise as ORGANISE, Read as READ,
    Record as RECORD, RunActivities as RUN_ACTIVITIES, RunAppeal as RUN_APPEAL, SeeBlood as SEE_BLOOD,
    SeeFamilyLinks as SEE_FAMILY_LINKS, SeeOrgan as SEE_ORGAN, SeePeople as SEE_PEOPLE,
};

/// The whole policy. Administrators appoint but keep no books; inspectors see all books and change nothing. READ shows no person: those
/// of a chapter are seen by its own officers, and by others only as far as an open matter names one. Who looks for whom is the most
/// private of all: no other role shows it, not the chair's; whoever is to know is given this one by name. So it is of who would give their
/// organs, at a province alone. Donors of blood are seen by
/// those who see a chapter's people, and by whoever is given nothing but them.
pub const POLICY: &[(Role, &[RightName])] = &[
    (Role::CentralAdministrator, &[READ, INSPECT, APPOINT, RUN_APPEAL, ORGANISE, RUN_ACTIVITIES]),
    (Role::ProvincialAdministrator, &[READ, APPOINT, RUN_APPEAL, ORGANISE, RUN_ACTIVITIES]),
    (
        Role::ChapterChair,
        &[READ, APPROVE, HAND_OVER, RUN_APPEAL, ORGANISE, KEEP_PEOPLE, SEE_PEOPLE, RUN_ACTIVITIES, KEEP_BLOOD, SEE_BLOOD],
    ),
    (Role::Officer, &[READ, RECORD, HAND_OVER, KEEP_PEOPLE, SEE_PEOPLE, RUN_ACTIVITIES, KEEP_BLOOD, SEE_BLOOD]),
    (Role::Accountant, &[READ, APPROVE, RECORD]),
    (Role::Inspector, &[READ, INSPECT]),
    (Role::TracingOfficer, &[READ, KEEP_FAMILY_LINKS, SEE_FAMILY_LINKS]),
    (Role::BloodOfficer, &[READ, KEEP_BLOOD, SEE_BLOOD]),
    (Role::OrganOfficer, &[READ, KEEP_ORGAN, SEE_ORGAN]),
];

/// Rights that take a session with a second factor: whoever decides over others' money and accounts shows that it is
/// them, not only somebody who knows their password.
pub const SECOND_FACTOR: &[RightName] = &[APPOINT, APPROVE];

/// Who may give, and end, which role: the giver's own role stands at the chapter or above it, and includes APPOINT.
/// Nobody gives a role to themself, whatever this table says.
pub const GIVES: &[(Role, &[Role])] = &[
    (
        Role::CentralAdministrator,
        &[
            Role::CentralAdministrator,
            Role::ProvincialAdministrator,
            Role::ChapterChair,
            Role::Officer,
            Role::Accountant,
            Role::Inspector,
            Role::TracingOfficer,
            Role::BloodOfficer,
            Role::OrganOfficer,
        ],
    ),
    (
        Role::ProvincialAdministrator,
        &[
            Role::ChapterChair,
            Role::Officer,
            Role::Accountant,
            Role::Inspector,
            Role::TracingOfficer,
            Role::BloodOfficer,
            Role::OrganOfficer,
        ],
    ),
];

/// At chapters of which levels a role exists.
pub const LEVELS: &[(Role, &[Level])] = &[
    (Role::CentralAdministrator, &[Level::Central]),
    (Role::ProvincialAdministrator, &[Level::Province]),
    (Role::ChapterChair, &Level::ALL),
    (Role::Officer, &Level::ALL),
    (Role::Accountant, &Level::ALL),
    // A branch has no inspectors of its own; the chapter above inspects it.
    (Role::Inspector, &[Level::Central, Level::Province, Level::District, Level::Commune, Level::Grassroots]),
    // Nor does a class or a hamlet keep such a case.
    (Role::TracingOfficer, &[Level::Central, Level::Province, Level::District, Level::Commune, Level::Grassroots]),
    // A school or an enterprise has days of giving of its own; a class has none.
    (Role::BloodOfficer, &[Level::Central, Level::Province, Level::District, Level::Commune, Level::Grassroots]),
    // The coordinating centre speaks with provinces.
    (Role::OrganOfficer, &[Level::Province]),
];

impl Role {
    pub fn has(self, right: RightName) -> bool {
        POLICY.iter().any(|(role, rights)| *role == self && rights.contains(&right))
    }

    /// Whether who holds this role may give, and end, another.
    pub fn gives(self, other: Role) -> bool {
        GIVES.iter().any(|(role, given)| *role == self && given.contains(&other))
    }

    /// Whether the role exists at chapters of this level.
    pub fn exists_at(self, level: Level) -> bool {
        LEVELS.iter().any(|(role, levels)| *role == self && levels.contains(&level))
    }

    /// Whether acting for other chapters adds anything to the role besides seeing their books. (Administrators write down what their own
    /// chapter does, and nobody else's.)
    pub fn can_act_for(self) -> bool {
        RightName::ALL.into_iter().any(|right| right != RUN_ACTIVITIES && right.reach() == Reach::Here && self.has(right))
    }
}

impl RightName {
    /// Whether it takes a session with a second factor.
    pub fn needs_second_factor(self) -> bool {
        SECOND_FACTOR.contains(&self)
    }

    pub fn reach(self) -> Reach {
        match self {
            READ | INSPECT | APPOINT | APPROVE | ORGANISE => Reach::Down,
            RECORD | HAND_OVER | KEEP_PEOPLE | SEE_PEOPLE | RUN_ACTIVITIES | KEEP_FAMILY_LINKS | SEE_FAMILY_LINKS
            | KEEP_BLOOD | SEE_BLOOD => Reach::Here,
            RUN_APPEAL | KEEP_ORGAN | SEE_ORGAN => Reach::Only,
        }
    }
}

/// Whether a role held `depth` steps above a chapter (or acting for it) suffices for a right at that chapter.
pub fn suffices(role: Role, right: RightName, depth: i16, acts_for: bool) -> bool {
    role.has(right)
        && match (right.reach(), acts_for) {
            // Acting for a chapter means keeping its books and seeing them, not ruling over it.
            (Reach::Here, true) => true,
            (_, true) => right == READ,
            (Reach::Down, false) => true,
            (Reach::Here | Reach::Only, false) => depth == 0,
        }
}

/// A right as a type, so that a proof of one is no proof of another.
pub trait Right {
    const NAME: RightName;
}

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        $($(#[$doc])* #[derive(Debug, Clone, Copy)] pub struct $name;
        impl Right for $name { const NAME: RightName = RightName::$name; })*
    };
}
rights! {
    /// See [`RightName::Read`].
    Read,
    /// See [`RightName::Inspect`].
    Inspect,
    /// See [`RightName::Appoint`].
    Appoint,
    /// See [`RightName::Approve`].
    Approve,
    /// See [`RightName::Record`].
    Record,
    /// See [`RightName::HandOver`].
    HandOver,
    /// See [`RightName::RunAppeal`].
    RunAppeal,
    /// See [`RightName::Organise`].
    Organise,
    /// See [`RightName::KeepPeople`].
    KeepPeople,
    /// See [`RightName::SeePeople`].
    SeePeople,
    /// See [`RightName::RunActivities`].
    RunActivities,
    /// See [`RightName::KeepFamilyLinks`].
    KeepFamilyLinks,
    /// See [`RightName::SeeFamilyLinks`].
    SeeFamilyLinks,
    /// See [`RightName::KeepBlood`].
    KeepBlood,
    /// See [`RightName::SeeBlood`].
    SeeBlood,
    /// See [`RightName::KeepOrgan`].
    KeepOrgan,
    /// See [`RightName::SeeOrgan`].
    SeeOrgan,
}

/// Proof that, in this transaction, an actor holds a right at a chapter. Only this room makes one.
#[derive(Debug, Clone)]
pub struct Granted<R: Right> {
    chapter: ChapterId,
    actor: Actor,
    officer: Uuid,
    roles: Vec<Role>,
    right: PhantomData<R>,
}

impl<R: Right> Granted<R> {
    pub(super) fn new(chapter: ChapterId, actor: Actor, officer: Uuid) -> Self {
        Self { chapter, actor, officer, roles: Vec::new(), right: PhantomData }
    }

    /// By which roles.
    pub(super) fn by_roles(self, roles: impl Iterator<Item = Role>) -> Self {
        Self { roles: roles.collect(), ..self }
    }

    /// The chapter the right holds at; writers take it from here, never from a body or a path.
    pub fn chapter(&self) -> ChapterId {
        self.chapter
    }

    /// The account that acts.
    pub fn account(&self) -> Uuid {
        self.actor.account
    }

    /// The person behind the account.
    pub fn officer(&self) -> Uuid {
        self.officer
    }

    /// Who acts, as their token says.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// The roles the right comes from.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }
}

/// Proof that, in this transaction, an actor may see what a right shows of a chapter: for reading what [`Granted`] is for
/// writing. Only this room makes one.
#[derive(Debug, Clone)]
pub struct Seen<R: Right>(Granted<R>);

impl<R: Right> Seen<R> {
    pub(super) fn by(granted: Granted<R>) -> Self {
        Self(granted)
    }

    /// The chapter that is seen; readers take it from here.
    pub fn chapter(&self) -> ChapterId {
        self.0.chapter
    }

    /// The account that looks.
    pub fn account(&self) -> Uuid {
        self.0.actor.account
    }

    /// The person behind the account.
    pub fn officer(&self) -> Uuid {
        self.0.officer
    }

    /// The roles the right comes from.
    pub fn roles(&self) -> &[Role] {
        &self.0.roles
    }
}

impl<R: Right> Granted<R> {
    /// Whoever may do anything at a chapter may see its records (a test of the policy holds it to that).
    pub fn seen(&self) -> Seen<Read> {
        Seen(Granted::new(self.chapter, self.actor, self.officer).by_roles(self.roles.iter().copied()))
    }
}

impl Granted<Approve> {
    /// What one person recorded and another approves is recorded by the first. `None` where the two are one person.
    pub fn for_recorder(&self, account: Uuid, officer: Uuid) -> Option<Granted<Record>> {
        let actor = Actor { account, session: self.actor.session };
        (officer != self.officer).then(|| Granted::new(self.chapter, actor, officer))
    }

    /// What two chapters confirm takes effect with the second confirmation: this is the first one, as it was given then at the other
    /// chapter. `None` where the two are one person, one account or at one chapter. Whether it was given is for the caller to know,
    /// and there is one: `decisions` reads it from the step that was confirmed (a test of the rooms holds the house to that).
    pub fn of_confirmer(&self, chapter: ChapterId, account: Uuid, officer: Uuid) -> Option<Granted<Approve>> {
        let actor = Actor { account, session: self.actor.session };
        let is_other = officer != self.officer && account != self.actor.account && chapter != self.chapter;
        is_other.then(|| Granted::new(chapter, actor, officer))
    }
}
