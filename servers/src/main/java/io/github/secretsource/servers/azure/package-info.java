/** A fake of Microsoft Entra and Azure Key Vault that the real SDK believes; it proves nothing about the service. */
@org.jspecify.annotations.NullMarked
package io.github.secretsource.servers.azure;
