//! `/api/v1/public/drives/{code}/pre-check`: what somebody may answer for themself before a blood drive, and what the rules of its day say.
//!
//! Answers are computed, shown and forgotten: nothing here writes, and they are neither logged nor kept by a cache.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::blood_rules::BloodRuleGrounds;
use super::{CACHE_CONTROL_LIST, answer, drives};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::basics::codes::codes;
use crate::blood_rules::{CENTRE_DECIDES, Component, Rules, Until, Verdict, words};
use crate::db::Db;
use crate::http::sets::{Searches, Shows};
use crate::http::{Answer, Body, Lang, Problem, Reply};
use crate::persons::Sex;
use crate::pre_check::{Answers, Assessment, Found, PreCheckAsk, Question, Questionnaire, Since, assess};

/// Longest body of answers.
const LIMIT: usize = 8_192;

/// One of the things that a question lists.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PreCheckListed {
    /// In Vietnamese.
    #[schema(example = "xăm da")]
    pub vi: String,
    /// In English.
    #[schema(example = "tattoo")]
    pub en: String,
}

/// A question.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PreCheckQuestion {
    /// By which it is answered.
    #[schema(example = "TATTOO")]
    pub code: String,
    /// What it asks for.
    pub ask: PreCheckAsk,
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
    /// What it is about. Which of these it was is not asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub listed: Vec<PreCheckListed>,
}

/// The questions before a drive.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PreCheckQuestions {
    /// Code of the drive.
    #[schema(example = "68-HM-0001")]
    pub drive: String,
    /// The day of the drive, for which they are asked.
    pub day: NaiveDate,
    /// The version of the questions, which the answers name.
    #[schema(example = 1)]
    pub version: i16,
    /// What is said before them, in Vietnamese.
    pub note_vi: String,
    /// What is said before them, in English.
    pub note_en: String,
    /// Who decides, in Vietnamese.
    pub notice_vi: String,
    /// Who decides, in English.
    pub notice_en: String,
    /// In their order.
    pub questions: Vec<PreCheckQuestion>,
}

/// What somebody gave last.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreCheckLast {
    /// What it was.
    component: Component,
    /// When.
    on: NaiveDate,
}

/// A question that is answered with yes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreCheckYes {
    /// Its code.
    #[schema(example = "TATTOO", max_length = 40)]
    question: String,
    /// When it was, or since when it is over, the last time; left out where they do not know.
    #[serde(default)]
    on: Option<NaiveDate>,
}

/// Somebody's answers. They are computed and forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreCheckIn {
    /// The version of the questions that they answer.
    #[schema(example = 1)]
    version: i16,
    /// The day of birth, or the year alone.
    #[schema(example = "1996", max_length = 10)]
    birth: String,
    /// Left out where they do not say.
    #[serde(default)]
    sex: Option<Sex>,
    /// In kilograms, with at most one decimal.
    #[schema(example = "52.5", max_length = 5)]
    weight_kg: String,
    /// What they would give; whole blood unless said.
    #[serde(default)]
    wanted: Option<Component>,
    /// What they gave last, wherever it was; left out by who never gave.
    #[serde(default)]
    last: Option<PreCheckLast>,
    /// What they answer with yes; to all others no.
    #[serde(default)]
    yes: Vec<PreCheckYes>,
}

codes! {
    /// How a rule stands in the way.
    pub wire enum PreCheckStands {
        /// Until a day is over.
        ForAWhile = "FOR_A_WHILE",
        /// No day is known on which it would not.
        Always = "ALWAYS",
        /// What was answered is not enough to say.
        Unclear = "UNCLEAR",
        /// It does not, if what it says is kept to.
        Condition = "CONDITION",
    }
}

/// A rule that stands in the way, or is to be kept to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PreCheckFinding {
    /// The question whose answer it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "TATTOO")]
    pub question: Option<String>,
    /// The rule, as a code.
    #[schema(example = "DEFERRAL_TATTOO")]
    pub rule: String,
    /// How it stands in the way.
    pub stands: PreCheckStands,
    /// The first day on which it does not any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_on: Option<NaiveDate>,
    /// What it says, in Vietnamese.
    pub vi: String,
    /// What it says, in English.
    pub en: String,
    /// What it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grounds: Option<BloodRuleGrounds>,
}

/// What the rules of the drive's day say about the answers. Only the blood centre decides.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PreCheckOut {
    /// Code of the drive.
    #[schema(example = "68-HM-0001")]
    pub drive: String,
    /// The day of the drive, for which it holds.
    pub day: NaiveDate,
    /// What the rules say.
    pub verdict: Verdict,
    /// The first day on which nothing that was answered stands in the way; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_day: Option<NaiveDate>,
    /// The same as a sentence, in Vietnamese.
    pub vi: String,
    /// The same as a sentence, in English.
    pub en: String,
    /// Who decides, in Vietnamese.
    pub notice_vi: String,
    /// Who decides, in English.
    pub notice_en: String,
    /// The most that may be taken by weight, in millilitres.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 405)]
    pub most_ml: Option<i16>,
    /// The largest bag of whole blood by weight, in millilitres.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 350)]
    pub bag_ml: Option<i16>,
    /// What stands in the way, or is to be kept to.
    pub findings: Vec<PreCheckFinding>,
}

/// A drive with what is asked before it and the rules of its day.
pub struct Before {
    pub drive: String,
    pub title: String,
    pub day: NaiveDate,
    pub questionnaire: Questionnaire,
    pub rules: Rules,
}

impl Before {
    /// What is asked before a drive that everybody may see.
    pub fn of(conn: &mut PgConnection, today: NaiveDate, code: &str) -> Result<Self, Problem> {
        let drive = drives::one(conn, today, code)?;
        let questionnaire = Questionnaire::on(conn, drive.day)?.ok_or_else(Problem::not_found)?;
        let rules = Rules::on(conn, drive.day)?;
        Ok(Self { drive: drive.code, title: drive.title, day: drive.day, questionnaire, rules })
    }

    /// What the rules say about answers, or what is wrong with them.
    pub fn assess(&self, answers: &Answers) -> Result<PreCheckOut, Problem> {
        let Assessment { decision, found } =
            assess(&self.questionnaire, &self.rules, self.day, answers).map_err(Problem::invalid)?;
        let verdict = decision.verdict();
        let (vi, en) = said(verdict, decision.first_day.unwrap_or(self.day));
        Ok(PreCheckOut {
            drive: self.drive.clone(),
            day: self.day,
            verdict,
            first_day: decision.first_day,
            vi,
            en,
            notice_vi: CENTRE_DECIDES.0.to_owned(),
            notice_en: CENTRE_DECIDES.1.to_owned(),
            most_ml: decision.most_ml,
            bag_ml: decision.bag_ml,
            findings: found.into_iter().map(finding).collect(),
        })
    }

    fn questions(&self) -> PreCheckQuestions {
        let question = |question: &Question| PreCheckQuestion {
            code: question.code.clone(),
            ask: question.ask,
            vi: question.vi.clone(),
            en: question.en.clone(),
            listed: listed(question, &self.rules),
        };
        PreCheckQuestions {
            drive: self.drive.clone(),
            day: self.day,
            version: self.questionnaire.version,
            note_vi: self.questionnaire.note_vi.clone(),
            note_en: self.questionnaire.note_en.clone(),
            notice_vi: CENTRE_DECIDES.0.to_owned(),
            notice_en: CENTRE_DECIDES.1.to_owned(),
            questions: self.questionnaire.questions.iter().map(question).collect(),
        }
    }
}

/// What stands below a question.
pub fn listed(question: &Question, rules: &Rules) -> Vec<PreCheckListed> {
    let listed = question.listed(rules).into_iter();
    listed.map(|deferral| PreCheckListed { vi: deferral.vi.clone(), en: deferral.en.clone() }).collect()
}

fn finding(Found { question, finding }: Found) -> PreCheckFinding {
    let (stands, over_on) = match finding.until {
        Until::From(day) => (PreCheckStands::ForAWhile, Some(day)),
        Until::NoDay => (PreCheckStands::Always, None),
        Until::Unclear => (PreCheckStands::Unclear, None),
        Until::Condition => (PreCheckStands::Condition, None),
    };
    PreCheckFinding {
        question,
        rule: finding.rule,
        stands,
        over_on,
        vi: finding.vi,
        en: finding.en,
        grounds: finding.grounds.as_ref().map(BloodRuleGrounds::from),
    }
}

/// What the rules say, as a sentence; `day` is the first on which somebody may come.
fn said(verdict: Verdict, day: NaiveDate) -> (String, String) {
    let (vi, en) = (day.format("%d/%m/%Y"), day.format("%-d %B %Y"));
    match verdict {
        Verdict::MayCome => (
            format!("Theo câu trả lời của bạn, bạn có thể đến hiến máu ngày {vi}."),
            format!("By your answers you may come and give blood on {en}."),
        ),
        Verdict::ComeLater => (
            format!("Theo câu trả lời của bạn, bạn có thể đến hiến máu từ ngày {vi}."),
            format!("By your answers you may come and give blood from {en} on."),
        ),
        Verdict::AskCentre => (
            "Câu trả lời chưa đủ để biết: hãy hỏi cơ sở tiếp nhận máu trước khi đến.".to_owned(),
            "Your answers are not enough to say: ask the blood centre before you come.".to_owned(),
        ),
        Verdict::NotByRules => (
            "Theo quy định hiện nay bạn chưa hiến máu được. Cảm ơn bạn đã muốn giúp.".to_owned(),
            "By the rules of today you cannot give blood. Thank you for wishing to help.".to_owned(),
        ),
    }
}

/// The components that somebody may have given, with their names.
pub fn components(lang: Lang) -> impl Iterator<Item = (Component, &'static str)> {
    Component::ALL.into_iter().map(move |component| {
        let (vi, en) = words::component(component);
        (component, if lang == Lang::Vi { vi } else { en })
    })
}

/// The questions that somebody may answer for themself before a blood drive, in the version of the drive's day.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001")),
    responses((status = 200, body = PreCheckQuestions), Shows), security(())
)]
#[get("/drives/{code}/pre-check")]
pub async fn show_pre_check(
    request: HttpRequest,
    code: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let today = vietnam_date(clock.now());
    let before = db.read_public(move |conn| Before::of(conn, today, &code)).await?;
    answer(&request, &before.questions(), CACHE_CONTROL_LIST)
}

/// What the rules of the drive's day say about somebody's answers: which one stands in the way, by which rule, and until when.
///
/// Answers are computed and forgotten: they are neither stored nor logged. Only the blood centre decides.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001")),
    request_body = PreCheckIn, responses((status = 200, body = PreCheckOut), Searches), security(())
)]
#[post("/drives/{code}/pre-check")]
pub async fn assess_pre_check(
    code: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    Body(body): Body<PreCheckIn, LIMIT>,
) -> Answer<PreCheckOut> {
    let today = vietnam_date(clock.now());
    let before = db.read_public(move |conn| Before::of(conn, today, &code)).await?;
    Ok(Reply::ok(before.assess(&body.into())?))
}

impl From<PreCheckIn> for Answers {
    fn from(body: PreCheckIn) -> Self {
        let PreCheckIn { version, birth, sex, weight_kg, wanted, last, yes } = body;
        Self {
            version,
            birth,
            sex,
            weight_kg,
            wanted: wanted.unwrap_or(Component::WholeBlood),
            last: last.map(|last| (last.component, last.on)),
            yes: yes.into_iter().map(|PreCheckYes { question, on }| Since { question, on }).collect(),
        }
    }
}
