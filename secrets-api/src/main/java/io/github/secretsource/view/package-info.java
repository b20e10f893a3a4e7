/**
 * Secrets as the types that programs work with: a user with a password, a TLS certificate with its key, and others.
 *
 * <p>Each is a {@link io.github.secretsource.SecretView}, handed over when a secret is opened:
 *
 * <pre>{@code
 * LiveSecret<UsernamePassword> db = secrets.live("vault:database/creds/orders", UsernamePassword::from);
 * }</pre>
 *
 * <p>What they are made from is the layout that Kubernetes and the secret stores agree on; a part that is missing or
 * malformed is named by its key in the {@link io.github.secretsource.SecretFormatException}. Types of your own are made
 * the same way, from {@link io.github.secretsource.Secret#field}.
 */
package io.github.secretsource.view;
