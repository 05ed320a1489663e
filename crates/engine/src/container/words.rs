//! The words that names of nameless containers are made of: a kind adjective and a surname of
//! science.

/// How it is.
#[rustfmt::skip]
pub(super) const ADJECTIVES: [&str; 130] = [
    "able", "agile", "airy", "alert", "amber", "ample", "apt", "ardent", "astute", "avid", "balmy",
    "bold", "brave", "breezy", "bright", "brisk", "calm", "candid", "careful", "cheerful", "civil",
    "clear", "clever", "cosy", "crisp", "curious", "daring", "deft", "devoted", "diligent", "eager",
    "early", "earnest", "easy", "elegant", "epic", "even", "exact", "fair", "faithful", "festive",
    "fine", "firm", "fleet", "fluent", "fond", "frank", "free", "fresh", "friendly", "genial",
    "gentle", "glad", "golden", "graceful", "grand", "great", "happy", "hardy", "hearty", "helpful",
    "honest", "hopeful", "humble", "jolly", "jovial", "joyful", "keen", "kind", "lively", "lucid",
    "lucky", "mellow", "merry", "mighty", "mild", "modest", "neat", "nimble", "noble", "open",
    "orderly", "patient", "peaceful", "placid", "playful", "pleasant", "plucky", "polite", "prompt",
    "proud", "quick", "quiet", "radiant", "ready", "robust", "rosy", "serene", "sharp", "shiny",
    "silent", "sincere", "sleek", "smart", "snug", "solid", "spry", "stately", "steady", "stellar",
    "stout", "subtle", "sunny", "sure", "swift", "tactful", "tender", "thorough", "tidy",
    "tranquil", "true", "trusty", "upbeat", "valiant", "vivid", "warm", "wise", "witty", "zealous",
    "zesty",
];

/// After whom it is called.
#[rustfmt::skip]
pub(super) const SURNAMES: [&str; 147] = [
    "abel", "ampere", "arago", "archimedes", "avogadro", "babbage", "banneker", "bassi",
    "bernoulli", "blackwell", "bohr", "boole", "borlaug", "born", "bose", "boyle", "brahe",
    "cannon", "carson", "carver", "cauchy", "cavendish", "chandrasekhar", "chatelet", "clarke",
    "copernicus", "coriolis", "coulomb", "crick", "curie", "daguerre", "dalton", "darwin", "davy",
    "dijkstra", "dirac", "doppler", "edison", "ehrlich", "einstein", "engelbart", "eratosthenes",
    "euclid", "euler", "faraday", "fermat", "fermi", "feynman", "fibonacci", "fleming", "fourier",
    "franklin", "fresnel", "galileo", "galois", "gauss", "germain", "gibbs", "goddard", "goedel",
    "goodall", "haber", "hamilton", "harvey", "heisenberg", "henry", "herschel", "hertz", "hilbert",
    "hipparchus", "hodgkin", "hollerith", "hooke", "hopper", "hubble", "humboldt", "huygens",
    "hypatia", "jacobi", "janggi", "jansky", "joule", "kepler", "kirchhoff", "knuth",
    "kovalevskaya", "lagrange", "lamarr", "laplace", "lavoisier", "leavitt", "leibniz", "leonardo",
    "lorenz", "lovelace", "lyell", "maxwell", "mayer", "mccarthy", "mcclintock", "meitner",
    "mendel", "mendeleev", "messier", "mitchell", "moebius", "morse", "napier", "newton",
    "nightingale", "nobel", "noether", "oersted", "ohm", "pascal", "pasteur", "pauli", "payne",
    "perlman", "planck", "poincare", "ptolemy", "pythagoras", "ramanujan", "ritchie", "roentgen",
    "rubin", "rutherford", "sagan", "schroedinger", "shannon", "somerville", "tesla", "thales",
    "torricelli", "turing", "vesalius", "volta", "wallace", "watt", "weierstrass", "wiles",
    "wilson", "wu", "yalow", "yukawa", "zeno",
];
