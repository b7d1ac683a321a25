//! A list that somebody takes out of the house: lines of text are sent while they are written, a sheet when it is whole.

use actix_web::HttpResponse;

use super::{Desk, Visit};
use crate::http::Problem;
use crate::http::sent_file::XLSX;
use crate::http::spool::{self, Spool};
use crate::http::table::{Sink, TableFile, TableForm, answer};

impl Desk {
    /// Sends what `write` writes. What may be read is asked again in the transaction that reads, which is the visit that it is given.
    pub async fn table(
        self,
        of: TableFile,
        write: impl FnOnce(&mut Visit<'_>, &mut Sink<'_>) -> Result<(), Problem> + Send + 'static,
    ) -> Result<HttpResponse, Problem> {
        let TableFile { form, lang, code, stem, columns, sheet, title } = of;
        let turn = spool::turn().await;
        let (now, actor) = (self.now(), self.actor());
        match form {
            TableForm::Csv => {
                let (mut spool, behind) = Spool::begin().map_err(Problem::internal)?;
                actix_web::rt::spawn(async move {
                    let _turn = turn;
                    let written = self.blocking(move |db, vault, _| {
                        let mut out = Sink::csv(&mut spool, columns, lang).map_err(Problem::internal)?;
                        db.read_blocking(|conn| write(&mut Visit::enter(conn, vault, now, actor)?, &mut out))?;
                        out.end().map_err(Problem::internal)?;
                        spool.end().map_err(Problem::internal)
                    });
                    // Whoever reads is told by the end that does not come.
                    if let Err(problem) = written.await {
                        tracing::warn!(?problem, stem, "a list could not be written to its end");
                    }
                });
                Ok(answer(&code, stem, "csv", "text/csv; charset=utf-8", lang).streaming(behind))
            }
            TableForm::Xlsx => {
                let _turn = turn;
                let made = self.blocking(move |db, vault, _| {
                    let mut out = Sink::xlsx(sheet, title, columns, lang).map_err(Problem::internal)?;
                    db.read_blocking(|conn| write(&mut Visit::enter(conn, vault, now, actor)?, &mut out))?;
                    let file = out.end().map_err(Problem::internal)?;
                    file.ok_or_else(|| Problem::internal("a sheet without a file"))
                });
                let (length, stream) = spool::whole(made.await?).map_err(Problem::internal)?;
                Ok(answer(&code, stem, "xlsx", XLSX, lang).no_chunking(length).streaming(stream))
            }
        }
    }
}
