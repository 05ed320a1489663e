//! An engine that starts at login.

use gantry_client::{
    LoginError, LoginStart as State, Place, install_unit, login_start, remove_unit,
};
use gantry_view::{Failure, GetLoginStart, LoginStart, SetLoginStart};

use crate::Desk;

pub(crate) async fn get(_: &Desk, _: GetLoginStart) -> Result<LoginStart, Failure> {
    asked(|| Ok(login_start())).await
}

pub(crate) async fn set(desk: &Desk, request: SetLoginStart) -> Result<LoginStart, Failure> {
    let place: Place = desk.link().place()?.clone();
    asked(move || {
        if request.on {
            install_unit(&place)
        } else {
            remove_unit()
        }
    })
    .await
}

async fn asked(
    work: impl FnOnce() -> Result<State, LoginError> + Send + 'static,
) -> Result<LoginStart, Failure> {
    let answer = tokio::task::spawn_blocking(work).await;
    let answer = answer.map_err(|error| Failure::new("internal", error.to_string()))?;
    match answer {
        Ok(State::Unavailable) => Ok(LoginStart::Unavailable),
        Ok(State::Off) => Ok(LoginStart::Off),
        Ok(State::On { lingers }) => Ok(LoginStart::On { lingers }),
        Err(error) => Err(Failure {
            what: "The engine's start at login was not changed".to_owned(),
            why: error.to_string(),
            ..Failure::new(error.code(), error.to_string())
        }),
    }
}
