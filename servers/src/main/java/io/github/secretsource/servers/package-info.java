/** Real servers for tests: {@link io.github.secretsource.servers.WithServers} hands them to test classes. */
@org.jspecify.annotations.NullMarked
package io.github.secretsource.servers;
