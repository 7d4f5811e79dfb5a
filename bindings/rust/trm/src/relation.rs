//! Who hears whom, where a puzzle says so itself.

use crate::error::{Error, Result, Status};

/// Lists that a puzzle brings: whom each of its positions hears, such as the neighbours of a vertex.
/// (Relations at another level than positions have a list for each node or value; see
/// [`RelationInfo`](crate::RelationInfo).) The slices are the caller's; [`Lists`] makes them out of pairs or
/// groups.
///
/// ```
/// use trm::{Model, Options, Puzzle, Relation, Shape, Verdict};
///
/// let model = Model::open("models/colouring.trm")?;
/// // A ring of five vertices, each the neighbour of two; the first has colour 1, the second colour 2.
/// let edge = [Relation::new("edge", &[0, 2, 4, 6, 8, 10], &[1, 4, 0, 2, 1, 3, 2, 4, 0, 3])];
/// let ring = Puzzle::from("12...").shape(Shape::new().fields(3)).relations(&edge);
/// let answer = model.solve(ring, &Options::new().require_verified(true))?;
/// assert_eq!(answer.verdict, Verdict::Verified);
/// # Ok::<(), trm::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Relation<'a> {
    pub(crate) name: &'a str,
    pub(crate) first: &'a [u32],
    pub(crate) heard: &'a [u32],
}

impl<'a> Relation<'a> {
    /// The relation of the model that has this name; where the list of each element begins in `heard`, and
    /// behind them all the length of `heard`; and the lists one after the other, each strictly ascending.
    pub fn new(name: &'a str, first: &'a [u32], heard: &'a [u32]) -> Self {
        Self { name, first, heard }
    }

    /// What cannot be the lists of a puzzle, whichever model it is for; the rest is checked by the library.
    pub(crate) fn check(&self) -> Result<()> {
        let (begin, end) = match self.first {
            [begin, .., end] => (*begin, *end),
            _ => return Err(self.refuse(format!("at least two offsets, found {}", self.first.len()))),
        };
        if begin == 0 && end as usize == self.heard.len() {
            return Ok(());
        }
        let expected = format!("offsets that begin at 0 and end at {}", self.heard.len());
        Err(self.refuse(format!("{expected}, found {begin} and {end}")))
    }

    pub(crate) fn refuse(&self, expected: String) -> Error {
        Error::new(Status::Puzzle, format!("relation {}: expected {expected}", self.name))
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        std::ptr::eq(self.first, other.first) && std::ptr::eq(self.heard, other.heard)
    }
}

/// Lists made out of what programs have, for a [`Relation`].
///
/// ```
/// use trm::Lists;
///
/// // The edges of a path of three vertices, heard both ways.
/// let edges = [(0, 1), (1, 2)];
/// let lists = Lists::of_pairs(3, edges.iter().flat_map(|&(a, b)| [(a, b), (b, a)]))?;
/// assert_eq!((lists.first(), lists.heard()), ([0, 1, 3, 4].as_slice(), [1, 0, 2, 1].as_slice()));
///
/// // The regions of a jigsaw: all of a letter hear each other, and themselves.
/// let lists = Lists::of_groups("AABB".chars());
/// assert_eq!(lists.heard(), [0, 1, 0, 1, 2, 3, 2, 3]);
/// # Ok::<(), trm::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lists {
    first: Vec<u32>,
    heard: Vec<u32>,
}

impl Lists {
    /// Pairs of who hears and who is heard, in any order, of so many elements. What stands twice counts once.
    pub fn of_pairs(elements: u32, pairs: impl IntoIterator<Item = (u32, u32)>) -> Result<Self> {
        let mut lists = vec![Vec::new(); elements as usize];
        for (index, (hearer, heard)) in pairs.into_iter().enumerate() {
            if hearer >= elements || heard >= elements {
                let sentence =
                    format!("pair {index}: expected numbers below {elements}, found {hearer} and {heard}");
                return Err(Error::new(Status::Puzzle, sentence));
            }
            lists[hearer as usize].push(heard);
        }
        for list in &mut lists {
            list.sort_unstable();
            list.dedup();
        }
        Ok(Self::of_lists(&lists))
    }

    /// Each element hears all of its group, itself included: boxes, regions. The groups of the elements, in
    /// their order.
    pub fn of_groups<T: PartialEq>(groups: impl IntoIterator<Item = T>) -> Self {
        let groups: Vec<T> = groups.into_iter().collect();
        let members = |group| {
            let members = groups.iter().zip(0..).filter(move |(other, _)| *other == group);
            members.map(|(_, index)| index).collect::<Vec<u32>>()
        };
        Self::of_lists(&groups.iter().map(members).collect::<Vec<_>>())
    }

    /// A list for each element; ascending, or no model takes them.
    pub fn of_lists<L: AsRef<[u32]>>(lists: &[L]) -> Self {
        let mut made = Self { first: vec![0], heard: Vec::new() };
        for list in lists {
            made.heard.extend_from_slice(list.as_ref());
            made.first.push(made.heard.len() as u32);
        }
        made
    }

    #[cfg(feature = "train")]
    pub(crate) fn of_parts(first: Vec<u32>, heard: Vec<u32>) -> Self {
        Self { first, heard }
    }

    /// Where the list of each element begins, and the end.
    pub fn first(&self) -> &[u32] {
        &self.first
    }

    /// The lists, one after the other.
    pub fn heard(&self) -> &[u32] {
        &self.heard
    }

    /// As the relation of a model.
    pub fn relation<'a>(&'a self, name: &'a str) -> Relation<'a> {
        Relation::new(name, &self.first, &self.heard)
    }
}
