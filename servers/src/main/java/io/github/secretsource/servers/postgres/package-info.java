/** PostgreSQL, for dynamic database credentials. */
@org.jspecify.annotations.NullMarked
package io.github.secretsource.servers.postgres;
