/** How secrets stand and what their sources do, as meters of Micrometer. */
@org.jspecify.annotations.NullMarked
// Micrometer has no module descriptor; its jar names the module in the manifest.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.github.secretsource.micrometer {
    requires transitive io.github.secretsource;
    requires transitive micrometer.core;

    exports io.github.secretsource.micrometer;
}
