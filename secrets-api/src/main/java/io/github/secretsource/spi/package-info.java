/**
 * What authors of sources touch. Applications need nothing here: they hold {@link io.github.secretsource.Secrets}.
 *
 * <p>A source is one method, {@link io.github.secretsource.spi.SecretSource#fetch}, plus optional abilities. It neither
 * caches nor retries nor schedules: the engine does, once, for all. {@code SecretSourceContract} of
 * {@code secrets-test} is the test that every source passes.
 */
package io.github.secretsource.spi;
