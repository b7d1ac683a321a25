//! `/api/v1/public/blood-rules`: the rules about giving blood that are in force on a day, with their sources.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{CACHE_CONTROL, answer};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::blood_rules::model::{Bag, Limit, Wait};
use crate::blood_rules::{
    AboGroup, CENTRE_DECIDES, Component, Deferral, DeferralReason, DeferralUnit, Grounds, Group, Interval, Procedure, RhFactor,
    Rules, Volume, words,
};
use crate::db::Db;
use crate::http::sets::Filters;
use crate::http::{Problem, Query};

/// Of which day.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BloodRulesQuery {
    /// The day they hold on; today unless given.
    #[param(example = "2026-06-14")]
    day: Option<NaiveDate>,
}

/// What a rule rests on, and while it holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodRuleGrounds {
    /// The first day on which it holds.
    pub valid_from: NaiveDate,
    /// The first day on which it holds no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// The provision, in Vietnamese.
    #[schema(example = "Thông tư 26/2013/TT-BYT, Điều 4 khoản 1")]
    pub law_vi: String,
    /// The provision, in English.
    #[schema(example = "Circular 26/2013/TT-BYT, article 4(1)")]
    pub law_en: String,
    /// How sure it is: `S` read in its source, `GK` from general knowledge and to be confirmed, `REC` recommended.
    #[schema(example = "S")]
    pub mark: String,
    /// Where it was read.
    #[schema(example = "LawNet, Thư viện pháp luật: full 18")]
    pub source: String,
}

impl From<&Grounds> for BloodRuleGrounds {
    fn from(of: &Grounds) -> Self {
        let Grounds { valid_from, valid_to, law_vi, law_en, mark, source } = of.clone();
        Self { valid_from, valid_to, law_vi, law_en, mark, source }
    }
}

/// An age in full years, or a weight of whole blood in kilograms.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodLimit {
    /// `LEAST_AGE`, `MOST_AGE`, `LEAST_KG_WOMAN` or `LEAST_KG_MAN`.
    #[schema(example = "LEAST_AGE")]
    pub name: String,
    /// Years or kilograms.
    #[schema(example = 18)]
    pub value: i16,
    /// What it rests on.
    pub grounds: BloodRuleGrounds,
}

/// How much may be taken from a weight on, until the next step of the procedure.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodVolume {
    /// How it is taken.
    pub procedure: Procedure,
    /// From this weight on.
    #[schema(example = 45)]
    pub least_kg: i16,
    /// Millilitres.
    #[schema(example = 500)]
    pub most_ml: i16,
    /// Nor more than so many millilitres a kilogram.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 9)]
    pub ml_per_kg: Option<i16>,
    /// What it rests on.
    pub grounds: BloodRuleGrounds,
}

/// A size of bags of whole blood.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodBag {
    /// Millilitres.
    #[schema(example = 350)]
    pub ml: i16,
    /// What it rests on.
    pub grounds: BloodRuleGrounds,
}

/// How long somebody waits after what they gave last: so many days, or at most so many times within so many days.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodInterval {
    /// What they gave last.
    pub after: Component,
    /// The next donation is so many days later.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 84)]
    pub days: Option<i16>,
    /// At most so many times …
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 3)]
    pub times: Option<i16>,
    /// … within so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 7)]
    pub within_days: Option<i16>,
    /// As a sentence, in Vietnamese.
    pub vi: String,
    /// As a sentence, in English.
    pub en: String,
    /// What it rests on.
    pub grounds: BloodRuleGrounds,
}

/// What puts a donation off, and for how long.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodDeferral {
    /// As a code.
    #[schema(example = "TATTOO")]
    pub code: String,
    /// How long, in the unit.
    #[schema(example = 6)]
    pub lasts: i16,
    /// `HOUR`: no day is lost, but so many hours lie between giving and work.
    pub unit: DeferralUnit,
    /// The one word of it that may be kept of a person.
    pub reason: DeferralReason,
    /// As a sentence, in Vietnamese.
    pub vi: String,
    /// As a sentence, in English.
    pub en: String,
    /// What it rests on.
    pub grounds: BloodRuleGrounds,
}

/// A blood group.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodGroup {
    /// By ABO.
    pub abo: AboGroup,
    /// Rh(D).
    pub rh: RhFactor,
}

impl From<Group> for BloodGroup {
    fn from((abo, rh): Group) -> Self {
        Self { abo, rh }
    }
}

/// Whose blood can be given to whom.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodCompatibility {
    /// What is given.
    pub component: Component,
    /// To whom.
    pub receiver: BloodGroup,
    /// Whose can be given, the same group first.
    pub givers: Vec<BloodGroup>,
    /// What it rests on.
    pub grounds: BloodRuleGrounds,
}

/// The rules about giving blood that are in force on a day. Only the blood centre decides.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodRules {
    /// The day they hold on.
    pub day: NaiveDate,
    /// Who decides, in Vietnamese.
    pub notice_vi: String,
    /// Who decides, in English.
    pub notice_en: String,
    /// Ages and weights.
    pub limits: Vec<BloodLimit>,
    /// How much may be taken, by weight.
    pub volumes: Vec<BloodVolume>,
    /// Sizes of bags, the smallest first.
    pub bags: Vec<BloodBag>,
    /// How long somebody waits after giving.
    pub intervals: Vec<BloodInterval>,
    /// What puts a donation off.
    pub deferrals: Vec<BloodDeferral>,
    /// Whose blood can be given to whom.
    pub compatibility: Vec<BloodCompatibility>,
}

impl From<&Rules> for BloodRules {
    fn from(rules: &Rules) -> Self {
        Self {
            day: rules.day,
            notice_vi: CENTRE_DECIDES.0.to_owned(),
            notice_en: CENTRE_DECIDES.1.to_owned(),
            limits: rules.limits().into_iter().map(limit).collect(),
            volumes: rules.volumes().iter().map(volume).collect(),
            bags: rules.bags().iter().map(|Bag { ml, grounds }| BloodBag { ml: *ml, grounds: grounds.into() }).collect(),
            intervals: rules.intervals().iter().map(interval).collect(),
            deferrals: rules.deferrals().iter().map(deferral).collect(),
            compatibility: compatibility(rules),
        }
    }
}

fn limit(Limit { name, value, grounds }: &Limit) -> BloodLimit {
    BloodLimit { name: name.clone(), value: *value, grounds: grounds.into() }
}

fn volume(step: &Volume) -> BloodVolume {
    let Volume { procedure, least_kg, most_ml, ml_per_kg, ref grounds } = *step;
    BloodVolume { procedure, least_kg, most_ml, ml_per_kg, grounds: grounds.into() }
}

fn interval(of: &Interval) -> BloodInterval {
    let (vi, en) = words::interval(of);
    let (days, times, within_days) = match of.wait {
        Wait::Days(days) => (Some(days), None, None),
        Wait::Times { times, within_days } => (None, Some(times), Some(within_days)),
    };
    BloodInterval { after: of.after, days, times, within_days, vi, en, grounds: (&of.grounds).into() }
}

fn deferral(of: &Deferral) -> BloodDeferral {
    let (vi, en) = words::deferral(of);
    let Deferral { code, amount, unit, reason, grounds, .. } = of;
    BloodDeferral { code: code.clone(), lasts: *amount, unit: *unit, reason: *reason, vi, en, grounds: grounds.into() }
}

/// The pairs, gathered by component and receiver: they stand in that order.
fn compatibility(rules: &Rules) -> Vec<BloodCompatibility> {
    let alike = rules.fits().chunk_by(|one, next| (one.component, one.receiver) == (next.component, next.receiver));
    let gathered = alike.filter_map(|pairs| {
        let first = pairs.first()?;
        let givers = pairs.iter().map(|fits| fits.giver.into()).collect();
        Some(BloodCompatibility {
            component: first.component,
            receiver: first.receiver.into(),
            givers,
            grounds: (&first.grounds).into(),
        })
    });
    gathered.collect()
}

/// The rules about giving blood that are in force on a day, each with its source.
///
/// Ages, weights, volumes, intervals, what puts a donation off, whose blood fits whom. They explain what a pre-check said on that day. Only the blood centre decides who gives.
#[utoipa::path(tag = "public", params(BloodRulesQuery), responses((status = 200, body = BloodRules), Filters), security(()))]
#[get("/blood-rules")]
pub async fn show_blood_rules(
    request: HttpRequest,
    Query(query): Query<BloodRulesQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let day = query.day.unwrap_or_else(|| vietnam_date(clock.now()));
    let rules = db.read_public(move |conn| -> Result<_, Problem> { Ok(Rules::on(conn, day)?) }).await?;
    answer(&request, &BloodRules::from(&rules), CACHE_CONTROL)
}
