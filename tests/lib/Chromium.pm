# Chromium.pm - a browser without a window, for tests of pages: it is told what to do over its
# debugging pipe (the DevTools protocol: JSON messages that end in a NUL, read on its descriptor 3,
# written on 4), so no port is opened, and it goes when the pipe is closed.
package Chromium;
use strict;
use warnings;
use File::Temp ();
use IO::Select;
use JSON::PP ();
use MIME::Base64 qw(decode_base64);
use POSIX ();
use Time::HiRes qw(time);

my $json = JSON::PP->new->utf8->canonical;
my %running;

# The browser of this machine; nothing without one.
sub program {
    for my $name ('chromium', 'chromium-browser', 'google-chrome') {
        for my $folder (split /:/, $ENV{PATH} // '') {
            return "$folder/$name" if -x "$folder/$name";
        }
    }
    return;
}

# Starts a browser with a profile of its own, which is removed with it. Dies if it does not start.
sub new {
    my ($class) = @_;
    my $profile = File::Temp->newdir('fecpipe-chromium-XXXXXX', TMPDIR => 1);
    pipe(my $its_input, my $to) or die "pipe: $!";
    pipe(my $from, my $its_output) or die "pipe: $!";
    my $pid = fork() // die "fork: $!";
    if ($pid == 0) {
        POSIX::setpgid(0, 0);
        # First out of the way of the two numbers that it wants.
        POSIX::dup2(fileno($its_input), 20);
        POSIX::dup2(fileno($its_output), 21);
        POSIX::dup2(20, 3);
        POSIX::dup2(21, 4);
        POSIX::close($_) for 20, 21;
        open(STDIN, '<', '/dev/null');
        open(STDOUT, '>', "$profile/out");
        open(STDERR, '>', "$profile/err");
        $ENV{HOME} = "$profile";
        exec program(), '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
            '--no-first-run', '--disable-background-networking', '--disable-component-update',
            '--disable-crash-reporter', '--disable-breakpad', '--hide-scrollbars',
            "--user-data-dir=$profile", '--remote-debugging-pipe', 'about:blank'
            or POSIX::_exit(127);
    }
    close($its_input);
    close($its_output);
    my $self = bless {pid => $pid, profile => $profile, to => $to, from => $from, unread => '',
        id => 0, events => []}, $class;
    $running{$pid} = $self;
    $self->call('Browser.getVersion');
    return $self;
}

# Waits for the next message; dies after some seconds without one.
sub next_message {
    my ($self, $seconds) = @_;
    my $end = time + $seconds;
    while (index($self->{unread}, "\0") < 0) {
        my $left = $end - time;
        die "Chromium does not answer\n"
            if $left <= 0 || !IO::Select->new($self->{from})->can_read($left);
        sysread($self->{from}, $self->{unread}, 1 << 16, length $self->{unread})
            or die "Chromium has ended\n";
    }
    my ($message, $rest) = split /\0/, $self->{unread}, 2;
    $self->{unread} = $rest;
    return $json->decode($message);
}

# Calls a method of the protocol and returns its result; events that come meanwhile are kept.
sub call {
    my ($self, $method, %parameters) = @_;
    my $id = ++$self->{id};
    my $message = {id => $id, method => $method, params => \%parameters};
    $message->{sessionId} = $self->{session} if defined $self->{session};
    syswrite($self->{to}, $json->encode($message) . "\0") // die "Chromium: $!";
    while (1) {
        my $answer = $self->next_message(60);
        if (defined $answer->{method}) { push @{$self->{events}}, $answer }
        elsif ($answer->{id} == $id) {
            die "Chromium: $method: $answer->{error}{message}\n" if $answer->{error};
            return $answer->{result};
        }
    }
}

# Opens a page (a URL) in a new tab of a width and height in pixels. Options: mobile, dark,
# print (true or not). From then on requests and complaints tell what it has done.
sub open_page {
    my ($self, $url, $width, $height, %option) = @_;
    delete $self->{session};
    my $tab = $self->call('Target.createTarget', url => 'about:blank');
    $self->{session} = $self->call('Target.attachToTarget', targetId => $tab->{targetId},
        flatten => JSON::PP::true)->{sessionId};
    $self->{events} = [];
    $self->call("$_.enable") for qw(Page Network Log Runtime);
    $self->call('Emulation.setDeviceMetricsOverride', width => $width + 0, height => $height + 0,
        deviceScaleFactor => 1, mobile => $option{mobile} ? JSON::PP::true : JSON::PP::false);
    $self->call('Emulation.setEmulatedMedia', media => $option{print} ? 'print' : '',
        features => [{name => 'prefers-color-scheme', value => $option{dark} ? 'dark' : 'light'}]);
    $self->call('Page.navigate', url => $url);
    until (grep { $_->{method} eq 'Page.loadEventFired' } @{$self->{events}}) {
        push @{$self->{events}}, $self->next_message(60);
    }
}

# What an expression of JavaScript has as its value.
sub value_of {
    my ($self, $expression) = @_;
    my $result = $self->call('Runtime.evaluate', expression => $expression,
        returnByValue => JSON::PP::true, awaitPromise => JSON::PP::true);
    die "Chromium: $result->{exceptionDetails}{text}\n" if $result->{exceptionDetails};
    return $result->{result}{value};
}

# The addresses that the page has asked for, itself the first.
sub requests {
    my ($self) = @_;
    return map { $_->{params}{request}{url} }
        grep { $_->{method} eq 'Network.requestWillBeSent' } @{$self->{events}};
}

# What stands in the console: errors, warnings, exceptions, what a script has written.
sub complaints {
    my ($self) = @_;
    my @found;
    for my $event (@{$self->{events}}) {
        my $what = $event->{params};
        push @found, $what->{entry}{text} if $event->{method} eq 'Log.entryAdded';
        push @found, $what->{exceptionDetails}{text}
            if $event->{method} eq 'Runtime.exceptionThrown';
        push @found, "console.$what->{type}" if $event->{method} eq 'Runtime.consoleAPICalled';
        push @found, "a dialogue: $what->{message}"
            if $event->{method} eq 'Page.javascriptDialogOpening';
    }
    return @found;
}

# The whole page as a PNG, or as a PDF.
sub png {
    my ($self) = @_;
    return decode_base64($self->call('Page.captureScreenshot',
            captureBeyondViewport => JSON::PP::true)->{data});
}

sub pdf {
    my ($self) = @_;
    return decode_base64($self->call('Page.printToPDF', paperWidth => 8.27, paperHeight => 11.69,
            preferCSSPageSize => JSON::PP::true)->{data});
}

# Ends it, and whatever it has started.
sub close {
    my ($self) = @_;
    my $pid = delete $self->{pid} // return;
    delete $running{$pid};
    CORE::close($self->{to});
    CORE::close($self->{from});
    my $end = time + 5;
    while (waitpid($pid, POSIX::WNOHANG()) == 0) {
        last if time > $end && waitpid($pid, 0 * kill(KILL => -$pid)) != 0;
        select(undef, undef, undef, 0.02);
    }
    kill KILL => -$pid;
}

sub DESTROY { $_[0]->close }

END {
    my $status = $?;
    $_->close for values %running;
    $? = $status;
}

1;
