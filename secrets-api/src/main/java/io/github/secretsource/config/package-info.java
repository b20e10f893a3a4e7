/**
 * What configuration asks for, turned into sources and policies. No part of the API: the module does not export it, and
 * it may change with any release.
 *
 * <p>Its ways in are {@link io.github.secretsource.config.Configuration} and
 * {@link io.github.secretsource.config.EnvironmentConfig}; {@link io.github.secretsource.Secrets} is who takes them.
 */
package io.github.secretsource.config;
