//! What tests send, made from what each is about: `gift(&app).at(&here).by(person("Lê An")).book(&officer)`.
//!
//! A builder begins with something that is good in itself. `with` puts any value into any field, for what shall be refused;
//! `null` takes the field away.

use chrono::Duration;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Caller, TestApp};

fn put(body: &mut Value, field: &str, value: Value) {
    match value {
        Value::Null => drop(body.as_object_mut().unwrap().remove(field)),
        value => body[field] = value,
    }
}

/// A gift as a client sends it.
#[derive(Debug, Clone)]
pub struct Gift(Value);

/// 500,000 đồng in cash for Hàm Liêm, received today, of nobody in particular.
pub fn gift(app: &TestApp) -> Gift {
    Gift(app.gift(json!({})))
}

impl Gift {
    /// Received by a chapter.
    pub fn at(self, chapter: &str) -> Self {
        self.with("chapter", chapter)
    }

    pub fn of(self, amount_vnd: i64) -> Self {
        self.with("amount_vnd", amount_vnd)
    }

    pub fn by(self, giver: Value) -> Self {
        self.with("giver", giver)
    }

    /// For an appeal.
    pub fn to(self, appeal: &str) -> Self {
        self.with("appeal", appeal)
    }

    pub fn through(self, channel: &str) -> Self {
        self.with("channel", channel)
    }

    /// Things, and no money.
    pub fn goods<const N: usize>(self, lines: [Value; N]) -> Self {
        self.through("IN_KIND").with("amount_vnd", Value::Null).with("lines", lines.to_vec())
    }

    /// As the public shall see the giver.
    pub fn shown(self, display: &str) -> Self {
        self.with("display", display)
    }

    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        put(&mut self.0, field, value.into());
        self
    }

    pub fn body(self) -> Value {
        self.0
    }

    /// Has it booked.
    pub fn book(self, officer: &Caller<'_>) -> Booked {
        let answer = officer.post("/api/v1/gifts", self.0, 201);
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        Booked { id: text("id"), code: text("code"), fund: text("fund") }
    }
}

/// A gift that stands in the books.
#[derive(Debug, Clone)]
pub struct Booked {
    pub id: String,
    /// Its public code.
    pub code: String,
    pub fund: String,
}

impl Booked {
    /// Where officers find it.
    pub fn path(&self) -> String {
        format!("/api/v1/gifts/{}", self.id)
    }

    /// Asks for its reversal; returns the request's id.
    pub fn ask_to_reverse(&self, officer: &Caller<'_>, reason: &str) -> Uuid {
        let id = Uuid::now_v7();
        officer.post(&format!("{}/reversal", self.path()), json!({"id": id, "reason": reason}), 201);
        id
    }

    /// Has it reversed by two people of Hàm Liêm; returns the reversal's public code.
    pub fn reversed(&self, app: &TestApp) -> String {
        crate::look::reverse(app, &self.id, "nhầm")
    }
}

pub fn person(name: &str) -> Value {
    json!({"kind": "PERSON", "name": name})
}

pub fn organisation(name: &str) -> Value {
    json!({"kind": "ORGANISATION", "name": name})
}

/// A giver with a telephone number.
pub fn reached(mut giver: Value, phone: &str) -> Value {
    giver["phone"] = json!(phone);
    giver
}

/// A line of goods with an invoice.
pub fn goods(item: &str, quantity: &str, unit: &str, value_vnd: i64) -> Value {
    json!({"item": item, "quantity": quantity, "unit": unit, "value_vnd": value_vnd, "valuation": "INVOICE"})
}

/// An appeal as a client sends it.
#[derive(Debug, Clone)]
pub struct Appeal(Value);

/// Relief after a disaster, receiving from today for forty days.
pub fn appeal(app: &TestApp, chapter: &str, code: &str) -> Appeal {
    Appeal(
        json!({"id": Uuid::now_v7(), "code": code, "chapter": chapter, "regime": "DECREE_93_2021", "title": format!("Đợt {code}"),
        "purpose": "Cứu trợ", "receive_from": app.today(), "receive_until": app.today() + Duration::days(40)}),
    )
}

impl Appeal {
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        put(&mut self.0, field, value.into());
        self
    }

    pub fn body(self) -> Value {
        self.0
    }

    /// Keeps it as a draft.
    pub fn draft(self, chair: &Caller<'_>) {
        chair.post("/api/v1/appeals", self.0, 201);
    }

    /// Begins it.
    pub fn open(self, chair: &Caller<'_>) {
        let code = self.0["code"].as_str().unwrap().to_owned();
        self.draft(chair);
        chair.post(&format!("/api/v1/appeals/{code}/opening"), json!(null), 200);
    }
}

/// Numbers that look drawn, and are the same in every run.
pub struct Draw(pub u64);

impl Draw {
    /// From nothing up to below `most`.
    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    /// One of these.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}
