/** What all servers share: where they are installed, their processes, ports, logs, certificates and admin requests. */
@org.jspecify.annotations.NullMarked
package io.github.secretsource.servers.host;
