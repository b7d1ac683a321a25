//! Papers of records: link, list, publish. One set of routes for every purpose that hangs on records
//! ([`crate::house::papers`]); what is particular to a kind of record is said by its room.
//!
//! The record is found by its key, the right asked for at its chapter; the document must be of the same chapter.

use std::rc::Rc;

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::guard::{Delete, Get, Guard, Post};
use actix_web::{HttpResponse, Resource, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, Paths, PathsBuilder};
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Required, Schema, SchemaFormat, Type};
use utoipa_actix_web::OpenApiFactory;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::answers::{no_paper, refused_link, refused_publication, title_of};
use super::shown::{DocumentOut, shown};
use super::store::{self, Holder, Linked, Published, Subject};
use crate::authz::{Attempt, Desk, Read, Visit};
use crate::house::Rooms;
use crate::house::papers::{Carrier, Paper, Peg};
use crate::http::{Answer, Body, Problem, Reply};
use crate::tree::ChapterId;

/// Registers the routes of every purpose that rooms tell of.
pub fn configure(config: &mut ServiceConfig<'_>, rooms: Rooms) {
    for (paper, peg) in rooms.papers().filter_map(|paper| Some((paper, paper.on?))) {
        let of = Of { paper, peg };
        config.service(Route { of, does: Does::Link }).service(Route { of, does: Does::List });
        if paper.public {
            config.service(Route { of, does: Does::Publish }).service(Route { of, does: Does::Withdraw });
        }
    }
}

/// A purpose, and the records of which a request is about one.
#[derive(Clone, Copy)]
struct Of {
    paper: &'static Paper,
    peg: &'static Peg,
}

impl Of {
    fn find(self, v: &mut Visit<'_>, key: &str) -> Result<Carrier, Problem> {
        self.peg.records.find(v.conn, key)?.ok_or_else(Problem::not_found)
    }

    /// The record with the right to bring its papers.
    fn hold(self, v: &mut Visit<'_>, key: &str) -> Result<(Carrier, Holder), Problem> {
        let carrier = self.find(v, key)?;
        let holder = Holder::of(v, ChapterId(carrier.chapter), self.paper)?;
        Ok((carrier, holder))
    }

    fn subject(self, carrier: Carrier) -> Subject {
        Subject { paper: self.paper, id: carrier.id }
    }
}

/// A document to be linked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkIn {
    /// `id` of a document of the same chapter, uploaded for this purpose.
    document: Uuid,
}

/// What everybody will see of a document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicationIn {
    /// Made for the public; the name the file was uploaded with is never shown.
    #[schema(example = "Quyết định mở đợt vận động", max_length = 200)]
    title: String,
}

/// A document as it is shown.
fn one(v: &mut Visit<'_>, id: Uuid) -> Result<DocumentOut, Problem> {
    let rows = store::find(v.conn, id)?.into_iter().collect();
    shown(v.conn, v.vault, rows)?.pop().ok_or_else(Problem::not_found)
}

async fn link(desk: Desk, key: web::Path<String>, Body(body): Body<LinkIn>, of: web::Data<Of>) -> Answer<DocumentOut> {
    desk.tx(move |v| {
        let (carrier, holder) = of.hold(v, &key)?;
        of.peg.records.take(&mut v.errand(), carrier).map_err(no_paper)?;
        let linked = store::link(v.conn, &holder, v.now, body.document, of.subject(carrier))?;
        if let Some(problem) = refused_link(&linked) {
            return Err(problem);
        }
        of.peg.records.taken(&mut v.errand(), carrier, body.document).map_err(no_paper)?;
        Ok((one(v, body.document)?, linked == Linked::New))
    })
    .await
    .map(Reply::made)
}

async fn list(desk: Desk, key: web::Path<String>, of: web::Data<Of>) -> Answer<Vec<DocumentOut>> {
    let noted = of.peg.read_noted;
    let look = move |v: &mut Visit<'_>| -> Result<Vec<DocumentOut>, Problem> {
        let carrier = of.find(v, &key)?;
        let seen = v.see::<Read>(ChapterId(carrier.chapter))?;
        if !store::may_read(v, of.paper, seen.chapter())? {
            return Err(Problem::not_found());
        }
        let rows = store::of_subject(v.conn, of.subject(carrier))?;
        if let Some(action) = noted {
            v.note_seen(&seen, action, carrier.id)?;
        }
        shown(v.conn, v.vault, rows)
    };
    match noted {
        Some(_) => desk.tx(look).await,
        None => desk.read(look).await,
    }
    .map(Reply::ok)
}

async fn publish(
    desk: Desk,
    path: web::Path<(String, Uuid)>,
    Body(body): Body<PublicationIn>,
    of: web::Data<Of>,
) -> Answer<DocumentOut> {
    let (key, id) = path.into_inner();
    let title = title_of(&body.title)?;
    let content = format!("{key}\0{id}\0{}", title.as_str());
    let operation = of.peg.published_as.ok_or_else(Problem::not_found)?;
    let publish = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let (carrier, holder) = of.hold(v, &key)?;
        // What was published once under this key and withdrawn since stays withdrawn.
        if v.attempt() == Attempt::Replay {
            return Ok((one(v, id)?, false));
        }
        of.peg.records.show(&mut v.errand(), carrier, id).map_err(no_paper)?;
        let outcome = store::publish(v.conn, &holder, v.now, id, of.subject(carrier), title.as_str())?;
        if let Some(problem) = refused_publication(&outcome) {
            return Err(problem);
        }
        Ok((one(v, id)?, outcome == Published::New))
    };
    desk.once(operation, content, publish).await.map(Reply::as_made)
}

async fn withdraw(desk: Desk, path: web::Path<(String, Uuid)>, of: web::Data<Of>) -> Result<HttpResponse, Problem> {
    let (key, id) = path.into_inner();
    desk.tx(move |v| {
        let (carrier, holder) = of.hold(v, &key)?;
        match store::withdraw(v.conn, &holder, v.now, id, of.subject(carrier))? {
            true => Ok(()),
            false => Err(Problem::not_found()),
        }
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What the documentation says of the routes of every purpose; the rest is filled in for each.
mod told {
    use super::{DocumentOut, LinkIn, PublicationIn};
    use crate::http::sets::{Acts, Key, Reads, Writes};

    #[utoipa::path(
        post, path = "/", tag = "documents", request_body = LinkIn,
        responses((status = 201, body = DocumentOut), (status = 200, body = DocumentOut, description = "Was linked already"), Writes)
    )]
    #[allow(dead_code, reason = "says what the documentation says")]
    fn link() {}

    #[utoipa::path(get, path = "/", tag = "documents", responses((status = 200, body = Vec<DocumentOut>), Reads))]
    #[allow(dead_code, reason = "says what the documentation says")]
    fn list() {}

    #[utoipa::path(
        post, path = "/", tag = "documents", params(Key), request_body = PublicationIn,
        responses(
            (status = 201, body = DocumentOut),
            (status = 200, body = DocumentOut, description = "Was published already, under this title"), Writes
        )
    )]
    #[allow(dead_code, reason = "says what the documentation says")]
    fn publish() {}

    #[utoipa::path(
        delete, path = "/", tag = "documents", responses((status = 204, description = "Not public any more"), Acts)
    )]
    #[allow(dead_code, reason = "says what the documentation says")]
    fn withdraw() {}

    pub(super) type Link = __path_link;
    pub(super) type List = __path_list;
    pub(super) type Publish = __path_publish;
    pub(super) type Withdraw = __path_withdraw;
}

#[derive(Clone, Copy)]
enum Does {
    Link,
    List,
    Publish,
    Withdraw,
}

/// One operation on the papers of one kind of record.
struct Route {
    of: Of,
    does: Does,
}

impl Route {
    fn path(&self) -> String {
        let papers = format!("{}/documents", self.of.peg.at);
        match self.does {
            Does::Link | Does::List => papers,
            Does::Publish | Does::Withdraw => format!("{papers}/{{document}}/publication"),
        }
    }

    fn name(&self) -> String {
        let one = self.of.peg.one;
        match self.does {
            Does::Link => format!("link_{one}_document"),
            Does::List => format!("list_{one}_documents"),
            Does::Publish => format!("publish_{one}_document"),
            Does::Withdraw => format!("withdraw_{one}_document"),
        }
    }

    fn summary(&self) -> String {
        let Of { paper, peg } = self.of;
        let a = peg.a;
        match self.does {
            Does::Link => format!("Link a document to {a}."),
            Does::List if paper.public => format!("The documents of {a}, all of them, published or not."),
            Does::List if peg.read_noted.is_some() => format!(
                "The documents of {a}, all of them. Their names often name somebody: reading them is noted in the audit trail."
            ),
            Does::List => format!("The documents of {a}, all of them."),
            Does::Publish => {
                format!("Publish a document of {a}: from now on everybody can read it, and copies cannot be called back.")
            }
            Does::Withdraw => format!("Take a document of {a} out of the public again. Caches may show it for up to a week."),
        }
    }

    /// The key of the record, and of the document where it is in the path.
    fn parameters(&self) -> Vec<Parameter> {
        let peg = self.of.peg;
        let key = peg.at.split(['{', '}']).nth(1).unwrap_or_default();
        let in_path = |name: &str, schema| {
            ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True).schema(Some(schema))
        };
        let text = |is_uuid: bool| {
            let format = is_uuid.then_some(SchemaFormat::KnownFormat(KnownFormat::Uuid));
            ObjectBuilder::new().schema_type(Type::String).format(format)
        };
        let record = in_path(key, text(peg.by_uuid)).description(Some(format!("The {}", peg.one.replace('_', " ")))).build();
        match self.does {
            Does::Link | Does::List => vec![record],
            Does::Publish | Does::Withdraw => vec![record, in_path("document", text(true)).build()],
        }
    }

    fn describe(&self, operation: &mut Operation) {
        operation.operation_id = Some(self.name());
        operation.summary = Some(self.summary());
        let own: Vec<RefOr<Parameter>> = self.parameters().into_iter().map(RefOr::T).collect();
        let all = own.into_iter().chain(operation.parameters.take().unwrap_or_default());
        operation.parameters = Some(all.collect());
    }
}

impl OpenApiFactory for Route {
    fn paths(&self) -> Paths {
        let told = match self.does {
            Does::Link => told::Link {}.paths(),
            Does::List => told::List {}.paths(),
            Does::Publish => told::Publish {}.paths(),
            Does::Withdraw => told::Withdraw {}.paths(),
        };
        let mut item = told.paths.into_values().next().unwrap_or_default();
        for operation in [&mut item.get, &mut item.post, &mut item.delete].into_iter().flatten() {
            self.describe(operation);
        }
        PathsBuilder::new().path(self.path(), item).build()
    }

    fn schemas(&self, schemas: &mut Vec<(String, RefOr<Schema>)>) {
        match self.does {
            Does::Link => told::Link {}.schemas(schemas),
            Does::List => told::List {}.schemas(schemas),
            Does::Publish => told::Publish {}.schemas(schemas),
            Does::Withdraw => told::Withdraw {}.schemas(schemas),
        }
    }
}

impl HttpServiceFactory for Route {
    fn register(self, service: &mut AppService) {
        let at =
            |guard: Rc<dyn Guard>| Resource::new(self.path()).name(&self.name()).guard(guard).app_data(web::Data::new(self.of));
        match self.does {
            Does::Link => at(Rc::new(Post())).to(link).register(service),
            Does::List => at(Rc::new(Get())).to(list).register(service),
            Does::Publish => at(Rc::new(Post())).to(publish).register(service),
            Does::Withdraw => at(Rc::new(Delete())).to(withdraw).register(service),
        }
    }
}
