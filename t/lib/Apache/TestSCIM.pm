package Apache::TestSCIM;
use strict;
use warnings;
use Carp 'croak';
use Exporter 'import';
use File::Basename 'dirname';
use File::Spec ();
use HTTP::Tiny;
use JSON::PP ();
use Test::More ();
use Apache::TestSCIM::Server;

our @EXPORT_OK = qw(sequences);

my $json = JSON::PP->new->canonical->allow_nonref->utf8;
my $here = File::Spec->rel2abs(dirname(__FILE__));

# --- the tenant ---------------------------------------------------------------------------------------------------------

# Options: tenant, which is created if it does not exist; url, the endpoint's Location with scheme, host and port;
# server, an Apache::TestSCIM::Server. By default url and server come from Apache::Test.
sub new {
    my ($class, %option) = @_;
    my $self = bless {
        tenant => $option{tenant} // 'suite-' . $$ . '-' . time % 100_000,
        server => $option{server} // _server(),
        url    => ($option{url} // _url($option{path} // '/scim/v2')) =~ s{/+$}{}r,
        agent  => HTTP::Tiny->new(agent => 'Apache::TestSCIM', timeout => 30, max_redirect => 0, keep_alive => 1),
        saved  => {},
    }, $class;
    my $known = eval { $self->scimctl('tenant', 'show', $self->{tenant}); 1 };
    $self->scimctl('tenant', 'add', $self->{tenant}) if !$known;
    $self->{token} = $option{token} // $self->new_token('suite-' . $$ . '-' . int rand 1e6);
    return $self;
}

# Values of the running Apache::Test suite.
sub _vars   { require Apache::Test; return Apache::Test::vars() }
sub _server { return Apache::TestSCIM::Server->new(suite => '.', dir => _vars()->{scim_dir} // croak 'this suite does not run under Apache::TestSCIM::Run') }
sub _url    { my ($path) = @_; my $vars = _vars(); return ($vars->{scheme} // 'http') . "://$vars->{servername}:$vars->{port}$path" }

sub tenant { $_[0]{tenant} }
sub token  { $_[0]{token} }
sub server { $_[0]{server} }

# The base URL for an identity provider.
sub base { "$_[0]{url}/$_[0]{tenant}" }

# The token's text; further words are options of `scimctl token add`.
sub new_token {
    my ($self, $name, @options) = @_;
    return $json->decode($self->scimctl(qw(token add --json --tenant), $self->{tenant}, '--name', $name, @options))->{token};
}

# Dies with scimctl's message if it fails.
sub scimctl { my ($self, @words) = @_; return $self->{server}->scimctl(@words) }

# --- requests -----------------------------------------------------------------------------------------------------------

# Waits until the endpoint answers; dies if it does not within so many seconds.
sub wait {
    my ($self, $seconds) = @_;
    my $end = time + ($seconds // 20);
    my $answer;
    do {
        $answer = $self->{agent}->get($self->base . '/ServiceProviderConfig');
        return $self if $answer->{status} == 200;
        select undef, undef, undef, 0.1;
    } while (time < $end);
    croak $self->base . " does not answer: $answer->{status} $answer->{reason} $answer->{content}";
}

# Makes a request with the token. Returns a hash: status, headers (names in lower case), body (text), json.
sub request {
    my ($self, $method, $path, $content, %headers) = @_;
    my %send = (Authorization => "Bearer $self->{token}", Accept => 'application/scim+json', %headers);
    my %options = (headers => \%send);
    if (defined $content) {
        $send{'Content-Type'} //= 'application/scim+json';
        $options{content} = ref $content ? $json->encode($content) : $content;
    }
    delete @send{ grep { !defined $send{$_} } keys %send };
    my $answer = $self->{agent}->request($method, $self->base . _escaped($path), \%options);
    my $body = $answer->{content} // '';
    return { status => $answer->{status}, headers => $answer->{headers}, body => $body, json => scalar eval { $json->decode($body) } };
}

# Escapes blanks and quotes in a path with a query; what is escaped already stays.
sub _escaped { return $_[0] =~ s{([^A-Za-z0-9\-._~:/?#\[\]\@!\$&'()*+,;=%])}{sprintf '%%%02X', ord $1}ger }

# --- sequences of identity providers ------------------------------------------------------------------------------------

# The names of all sequences.
sub sequences { return map { _sequence_file($_)->{name} } sort glob "$here/TestSCIM/sequences/*.json" }

sub _sequence_file {
    my ($file) = @_;
    open my $in, '<', $file or croak "$file: $!";
    local $/;
    return $json->decode(scalar <$in>);
}

sub _sequence {
    my ($name) = @_;
    my ($found) = grep { lc $_->{name} eq lc $name } map { _sequence_file($_) } glob "$here/TestSCIM/sequences/*.json";
    return $found // croak "there is no sequence \"$name\"; there are: " . join ', ', sequences();
}

# Replaces the places {name} in texts by values. A text that is only one place becomes the value itself.
sub _filled {
    my ($thing, $values) = @_;
    return { map { $_ => _filled($thing->{$_}, $values) } keys %$thing } if ref $thing eq 'HASH';
    return [map { _filled($_, $values) } @$thing] if ref $thing eq 'ARRAY';
    return $thing if !defined $thing || ref $thing;
    return $thing =~ s/\{(\w+)\}/$values->{$1} \/\/ croak "the sequence has no value for {$1} yet"/ger;
}

# The value at a path such as "Resources.0.id".
sub _at {
    my ($thing, $path) = @_;
    for (split /\./, $path) {
        $thing = ref $thing eq 'ARRAY' ? $thing->[$_] : ref $thing eq 'HASH' ? $thing->{$_} : undef;
    }
    return $thing;
}

# Sends the requests of an identity provider, with an assertion for each. `parts` selects some of them; default: all.
# Other names are values: userName, givenName, familyName, externalId, group. Ids in the answers are kept for later
# calls with the same userName and group. Returns the answers.
sub replay {
    my ($self, $name, %value) = @_;
    my $sequence = _sequence($name);
    my $parts = delete $value{parts} // $sequence->{order};
    my %given = (%{ $sequence->{values} }, %value);
    $given{$_} = _filled($given{$_}, \%given) for sort keys %given;
    my $saved = $self->{saved}{ join "\0", $sequence->{name}, @given{qw(userName group)} } //= {};
    my @answers;
    Test::More::subtest("$sequence->{name}, $given{userName}" => sub {
        for my $part (@$parts) {
            my $steps = $sequence->{parts}{$part} // croak "$sequence->{name} has no part \"$part\"; it has: " . join ', ', @{ $sequence->{order} };
            push @answers, map { $self->_step($part, $_, { %given, %$saved }, $saved) } @$steps;
        }
    });
    return @answers;
}

sub _step {
    my ($self, $part, $step, $values, $saved) = @_;
    # In a filter a quote needs a backslash, and a blank is a plus if the client writes it so.
    my $blank = $step->{request} =~ /\+/ ? '+' : '%20';
    my %escaped = map { $_ => $values->{$_} =~ s{(["\\])}{\\$1}gr =~ s{([^A-Za-z0-9\-._~\@ ])}{sprintf '%%%02X', ord $1}ger =~ s/ /$blank/gr } keys %$values;
    my ($method, $path) = split / /, _filled($step->{request}, \%escaped), 2;
    my $answer = $self->request($method, $path, _filled($step->{body}, $values), %{ $step->{headers} // {} });
    my $wanted = ref $step->{status} ? $step->{status} : [$step->{status}];
    Test::More::ok(scalar(grep { $_ == $answer->{status} } @$wanted), "$part: $method $path is answered with @$wanted")
        or Test::More::diag("$answer->{status} $answer->{body}");
    for my $key (keys %{ $step->{save} // {} }) {
        my $found = _at($answer->{json}, $step->{save}{$key});
        $saved->{$key} = $found if defined $found;
    }
    my $expected = _filled($step->{expect} // {}, { %$values, %$saved });
    for my $place (sort keys %$expected) {
        Test::More::is_deeply(_plain(_at($answer->{json}, $place)), _plain($expected->{$place}), "$part: $place");
    }
    return $answer;
}

# JSON booleans as text, for comparison.
sub _plain { my ($value) = @_; return JSON::PP::is_bool($value) ? ($value ? 'true' : 'false') : $value }

# --- stored state -------------------------------------------------------------------------------------------------------

my $USERS = <<'SQL';
select coalesce(json_agg(json_build_object('userName', a.user_name, 'active', a.active, 'role', a.role, 'source', a.source,
           'externalId', a.external_id, 'email', a.email, 'displayName', a.display_name, 'flags', a.flags,
           'groups', (select coalesce(json_agg(m.group_name order by m.group_name), '[]')
                        from scim_app.memberships m where m.tenant = a.tenant and m.user_id = a.id),
           'subscriptions', (select coalesce(json_agg(distinct e.name), '[]')
                               from scim_app.effective_access e
                              where e.tenant = a.tenant and e.user_id = a.id and e.kind = 'subscription')) order by a.user_name_key), '[]')
  from scim_app.accounts a
 where a.tenant = current_setting('scim.tenant')
SQL
my $GROUPS = <<'SQL';
select coalesce(json_agg(json_build_object('displayName', g.doc ->> 'displayName', 'source', g.source,
           'members', (select coalesce(json_agg(u.doc ->> 'userName' order by u.doc ->> 'userName'), '[]')
                         from scim.membership m join scim.resource u on u.tenant = m.tenant and u.id = m.member_id and u.type = 'User'
                        where m.tenant = g.tenant and m.group_id = g.id)) order by g.doc ->> 'displayName'), '[]')
  from scim.resource g
 where g.tenant = current_setting('scim.tenant') and g.type = 'Group' and g.deleted_at is null
SQL

sub _stored {
    my ($self, $query) = @_;
    my $tenant = $self->{tenant} =~ s/'/''/gr;
    my $text = $self->{server}->sql("set scim.tenant = '$tenant'; $query");
    return $json->decode($text);
}

# The stored decisions of provisioning and administrators: {users => [...], groups => [...]}.
sub state { my ($self) = @_; return { users => $self->_stored($USERS), groups => $self->_stored($GROUPS) } }

# One account; undef: there is none.
sub user { my ($self, $name) = @_; return (grep { lc $_->{userName} eq lc $name } @{ $self->_stored($USERS) })[0] }

# The members of a group, by userName; undef: there is no such group.
sub members {
    my ($self, $name) = @_;
    my ($group) = grep { lc $_->{displayName} eq lc $name } @{ $self->_stored($GROUPS) };
    return $group && $group->{members};
}

1;

__END__

=head1 NAME

Apache::TestSCIM - test an application behind mod_scim as an identity provider uses it

=head1 SYNOPSIS

    use Apache::Test;
    use Apache::TestSCIM;
    use Test::More;

    my $scim = Apache::TestSCIM->new(tenant => 'acme')->wait;

    $scim->replay('Entra ID', userName => 'anna@example.com', group => 'Sales', parts => ['create user', 'create group', 'add member']);
    is_deeply $scim->user('anna@example.com')->{groups}, ['Sales'], 'Anna is in Sales';

    # ... ask the application as Anna ...

    $scim->replay('Entra ID', userName => 'anna@example.com', group => 'Sales', parts => ['disable user']);
    ok !$scim->user('anna@example.com')->{active}, 'Anna is deactivated';

    done_testing;

=head1 METHODS

=over

=item new(tenant => NAME, path => '/scim/v2', url => URL, server => SERVER, token => TEXT)

A tenant, which is made where it is not there, and a token of its own. All have defaults: a tenant of this test alone, the Location
C</scim/v2> of the suite's httpd, and the database that L<Apache::TestSCIM::Run> has started.

=item wait(SECONDS)

Waits until the endpoint answers, 20 seconds where nothing is said, and dies with the answer where it does not. Returns the object.

=item replay(NAME, parts => [...], userName => ..., group => ...)

Sends the requests of an identity provider as they were seen on the wire, a test for each of them. C<sequences> tells the names:
C<Entra ID>, C<Okta>. Without C<parts> the whole life of a user and a group is sent.

=item request(METHOD, PATH, CONTENT, HEADER => VALUE)

Any other request. Returns a hash of status, headers, body and json.

=item user(USERNAME), members(GROUP), state()

What is stored: an account with its role, groups and subscriptions; who is in a group; all of it.

=item scimctl(WORD...)

What an administrator does: C<< $scim->scimctl(qw(subscription add Web --tenant acme)) >>.

=item new_token(NAME, OPTION...), token, tenant, base, server

Another token; and what the object is about.

=back

=head1 SEE ALSO

L<Apache::Test>, docs/testing.md of mod_scim

=cut
