package io.github.secretsource.vault;

import java.net.Authenticator;
import java.net.PasswordAuthentication;
import org.jspecify.annotations.Nullable;

/** Lets the application's default authenticator answer proxies, and nobody else. */
final class ProxyAuthenticator extends Authenticator {

    @Override
    protected @Nullable PasswordAuthentication getPasswordAuthentication() {
        Authenticator given = Authenticator.getDefault();
        if (given == null || getRequestorType() != RequestorType.PROXY) {
            return null;
        }
        return given.requestPasswordAuthenticationInstance(
                getRequestingHost(),
                getRequestingSite(),
                getRequestingPort(),
                getRequestingProtocol(),
                getRequestingPrompt(),
                getRequestingScheme(),
                getRequestingURL(),
                getRequestorType());
    }
}
