package io.github.secretsource.servers.openbao;

import io.github.secretsource.servers.host.Identity;

/**
 * A login by a TLS client certificate: {@code auth/MOUNT/login} at the https address.
 *
 * @param mount without {@code auth/}
 * @param role its name, which is the common name that certificates must have
 * @param identity a certificate that logs in
 */
public record CertificateLogin(String mount, String role, Identity identity) {}
