//! Several requests in one, and single requests for what a batch does not take.
//!
//! <https://learn.microsoft.com/graph/json-batching>

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{AT_A_TIME, LONGEST_PAUSE, MOST_REPEATS, WORTH_A_NOTE, counts, retry_after};
use super::{Client, GraphError, group};

/// The most requests in one batch.
const BATCH: usize = 20;

type Answered = Result<Value, GraphError>;

/// What was learnt during a run about the paths that a batch takes.
///
/// It is not documented whether a batch takes the paths of provisioning.
#[derive(Debug, Default)]
pub(super) struct Batches(Mutex<Learnt>);

#[derive(Debug, Default)]
struct Learnt {
    /// Graph refused a batch as a whole.
    refused: bool,
    /// How paths of a kind are asked.
    kinds: BTreeMap<String, Way>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// A batch had an answer to such a path.
    Batch,
    /// A batch refused such a path, and Graph answered it singly.
    Single,
}

impl Batches {
    fn learnt<T>(&self, look: impl FnOnce(&mut Learnt) -> T) -> T {
        // Every change is a single insertion, so the state is valid even after a panic elsewhere.
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn way(&self, path: &str) -> Option<Way> {
        self.learnt(|learnt| learnt.kinds.get(&kind(path)).copied())
    }

    fn is_single(&self, path: &str) -> bool {
        self.learnt(|learnt| learnt.refused) || self.way(path) == Some(Way::Single)
    }

    /// Whether a batch may not take the path, and nothing is known about it yet.
    fn is_open(&self, path: &str) -> bool {
        is_undocumented(path) && self.way(path).is_none()
    }

    /// Whether the answer of a batch may concern the batch instead of the object.
    fn may_be_of_the_batch(&self, path: &str, answer: &Answered) -> bool {
        match answer.as_ref().err().and_then(GraphError::status) {
            Some(400 | 405 | 424 | 501) => true,
            // A 404 for a documented path is that of a deleted object.
            Some(404) => self.is_open(path),
            _ => false,
        }
    }

    fn note(&self, path: &str, way: Way) {
        self.learnt(|learnt| *learnt.kinds.entry(kind(path)).or_insert(way));
    }
}

fn is_undocumented(path: &str) -> bool {
    path.contains("/synchronization/")
}

/// A path without the id of its object and without its query.
fn kind(path: &str) -> String {
    let path = path.split(['?', '(']).next().unwrap_or_default();
    let mut segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    if let Some(id) = segments.get_mut(1) {
        *id = "*";
    }
    segments.join("/")
}

impl Client {
    /// The answers to several `GET`s in their order, in as few requests as possible. A path is asked once.
    ///
    /// What a batch refuses is asked singly, and from then on all paths of that kind are.
    ///
    /// # Errors
    /// When a whole batch fails. The failure of a part is in the part's place.
    pub async fn get_all(&self, paths: &[String]) -> Result<Vec<Answered>, GraphError> {
        let mut different: Vec<String> = Vec::with_capacity(paths.len());
        let mut indices: HashMap<&str, usize> = HashMap::new();
        let places: Vec<usize> = paths
            .iter()
            .map(|path| {
                *indices.entry(path).or_insert_with(|| {
                    different.push(path.clone());
                    different.len().saturating_sub(1)
                })
            })
            .collect();
        let found = self.get_different(&different).await?;
        if different.len() == paths.len() {
            return Ok(found);
        }
        Ok(places.into_iter().map(|place| found.get(place).cloned().unwrap_or(Err(missing_part()))).collect())
    }

    async fn get_different(&self, paths: &[String]) -> Result<Vec<Answered>, GraphError> {
        let mut found: Vec<Answered> = paths.iter().map(|_| Err(missing_part())).collect();
        let all: Vec<usize> = (0..paths.len()).collect();
        self.answer(paths, &all, &mut found).await?;
        Ok(found)
    }

    /// The answers to several `GET`s, without the objects that no longer exist.
    ///
    /// # Errors
    /// When one of them fails in another way.
    pub(super) async fn get_existing(&self, paths: &[String]) -> Result<Vec<Value>, GraphError> {
        group::existing(self.get_all(paths).await?.into_iter())
    }

    /// Asks for the paths with these indices.
    async fn answer(&self, paths: &[String], indices: &[usize], found: &mut [Answered]) -> Result<(), GraphError> {
        let (single, batched): (Vec<usize>, Vec<usize>) =
            indices.iter().partition(|index| self.batches.is_single(&paths[**index]));
        let batches = stream::iter(batched.chunks(BATCH)).map(|chunk| self.batch(paths, chunk)).buffered(AT_A_TIME);
        let (batches, singly) = tokio::join!(batches.try_collect::<Vec<_>>(), self.singly(paths, &single));
        for (index, answer) in batches?.into_iter().flatten().chain(singly) {
            found[index] = answer;
        }
        if self.batches.learnt(|learnt| learnt.refused) {
            return Ok(());
        }
        for index in batched.iter().filter(|index| found[**index].is_ok() && is_undocumented(&paths[**index])) {
            self.batches.note(&paths[*index], Way::Batch);
        }
        let doubtful = |index: &usize| self.batches.may_be_of_the_batch(&paths[*index], &found[*index]);
        let doubtful: Vec<usize> = batched.into_iter().filter(doubtful).collect();
        for (index, answer) in self.singly(paths, &doubtful).await {
            let differs = match &answer {
                Ok(_) => true,
                Err(error) => !error.is_passing() && error.status() != status(&found[index]),
            };
            if differs {
                self.batches.note(&paths[index], Way::Single);
            }
            found[index] = answer;
        }
        Ok(())
    }

    /// Asks for each path by itself.
    async fn singly(&self, paths: &[String], indices: &[usize]) -> Vec<(usize, Answered)> {
        let asked = stream::iter(indices).map(|index| async move { (*index, self.get(&paths[*index]).await) });
        asked.buffered(AT_A_TIME).collect().await
    }

    /// The answers to one batch, or to its paths singly where Graph refuses the batch.
    async fn batch(&self, paths: &[String], indices: &[usize]) -> Result<Vec<(usize, Answered)>, GraphError> {
        if self.batches.learnt(|learnt| learnt.refused) {
            return Ok(self.singly(paths, indices).await);
        }
        match self.batched(paths, indices).await {
            // A 401 is about the token. Gateways that allow only reading answer 403 or 405 to every POST.
            Err(error) if matches!(error.status(), Some(400 | 403 | 404 | 405 | 501)) => {
                self.batches.learnt(|learnt| learnt.refused = true);
                Ok(self.singly(paths, indices).await)
            }
            answers => answers,
        }
    }

    async fn batched(&self, paths: &[String], indices: &[usize]) -> Result<Vec<(usize, Answered)>, GraphError> {
        let mut missing: Vec<usize> = (0..indices.len()).collect();
        let mut found: Vec<Answered> = indices.iter().map(|_| Err(missing_part())).collect();
        let begun = Instant::now();
        for attempt in 0_u32.. {
            let requests: Vec<Value> = missing
                .iter()
                .map(|part| {
                    let url = &paths[indices[*part]];
                    let mut request = json!({"id": part.to_string(), "method": "GET", "url": url});
                    if counts(url) {
                        request["headers"] = json!({"ConsistencyLevel": "eventual"});
                    }
                    request
                })
                .collect();
            let body = json!({"requests": requests}).to_string();
            let mut answer = self.ask(Method::POST, self.url("/$batch")?, Some(&body)).await?;
            for index in &missing {
                found[*index] = part(&mut answer, *index);
            }
            // Graph throttles each part by itself, so only those are repeated.
            missing.retain(|index| found[*index].as_ref().is_err_and(GraphError::is_passing));
            let asked =
                missing.iter().filter_map(|index| found[*index].as_ref().err().and_then(GraphError::retry_after)).max();
            let usual = self.limits.first_pause.saturating_mul(2_u32.saturating_pow(attempt));
            let pause = asked.unwrap_or_else(|| LONGEST_PAUSE.min(usual));
            if missing.is_empty()
                || attempt == MOST_REPEATS
                || begun.elapsed().saturating_add(pause) > self.limits.longest_wait
            {
                break;
            }
            if attempt == 0 || pause >= WORTH_A_NOTE {
                (self.note)(&format!("Graph is busy; trying again in {:.0} s", pause.as_secs_f64().ceil()));
            }
            tokio::time::sleep(pause).await;
        }
        Ok(indices.iter().copied().zip(found).collect())
    }
}

fn status(answer: &Answered) -> Option<u16> {
    answer.as_ref().err().and_then(GraphError::status)
}

/// A part of a batch has no answer.
pub(super) fn missing_part() -> GraphError {
    let body = json!({"error": {"code": "a part of the batch has no answer"}});
    GraphError::of_status(502, &body, String::new(), None)
}

/// The answer to a part of a batch.
fn part(answer: &mut Value, index: usize) -> Result<Value, GraphError> {
    let id = index.to_string();
    let parts = answer.get_mut("responses").and_then(Value::as_array_mut);
    let part = parts.and_then(|parts| parts.iter_mut().find(|part| part["id"].as_str() == Some(&id)));
    let Some(part) = part else { return Err(missing_part()) };
    let status = part["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(502);
    let body = part.get_mut("body").map(Value::take).unwrap_or_default();
    if (200..300).contains(&status) {
        return Ok(body);
    }
    let pause = match &part["headers"]["Retry-After"] {
        Value::String(text) => retry_after(text, jiff::Timestamp::now()),
        Value::Number(number) => retry_after(&number.to_string(), jiff::Timestamp::now()),
        _ => None,
    };
    Err(GraphError::of_status(status, &body, String::new(), pause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_different_objects_are_of_the_same_kind() {
        let jobs = |id: &str| kind(&format!("/servicePrincipals/{id}/synchronization/jobs?$select=id"));
        assert_eq!(jobs("a"), jobs("b"));
        assert_ne!(jobs("a"), kind("/servicePrincipals/a/synchronization/secrets"));
        assert_ne!(kind("/groups?$top=1"), kind("/groups/a"));
    }

    #[test]
    fn a_malformed_batch_has_no_answers() {
        for odd in
            [json!(null), json!("x"), json!([1]), json!({"responses": 3}), json!({"responses": ["0", {"id": 0}]})]
        {
            assert!(part(&mut odd.clone(), 0).is_err(), "{odd}");
        }
        let mut bare = json!({"responses": [{"id": "0", "status": 200}]});
        assert_eq!(part(&mut bare, 0).ok(), Some(Value::Null));
    }
}
